-- Every order of the web shop, the app and the stores over two years, up to last midnight.
-- The shop grows: later days hold more orders, and an order's customer has registered before it.
COPY (
    WITH size AS (
        SELECT
            1_200_000 * coalesce(getvariable('scale'), 1.0) AS orders,
            60_000 * coalesce(getvariable('scale'), 1.0) AS customers
    ),
    placed AS (
        SELECT
            i + 1 AS order_id,
            power(i / orders, 0.85) AS progress,
            customers,
            hash(i, 'customer') % 1_000_000 / 1e6 AS customer_share,
            hash(i, 'amount') % 1_000_000 / 1e6 AS amount_share,
            hash(i, 'status') % 100 AS status_draw,
            hash(i, 'channel') % 100 AS channel_draw,
            hash(i, 'campaign') % 80 AS campaign_draw,
            hash(i, 'discount') % 5 = 0 AS is_discounted,
            1 + hash(i, 'store') % 120 AS store_id
        FROM range((1_200_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i), size
    ),
    priced AS (
        SELECT *, (8 + 190 * power(amount_share, 3))::DECIMAL(12, 2) AS gross_amount
        FROM placed
    ),
    discounted AS (
        SELECT
            *,
            CASE
                WHEN status_draw < 4 THEN 'cancelled'
                WHEN status_draw < 10 THEN 'returned'
                ELSE 'completed'
            END AS status,
            CASE WHEN is_discounted THEN gross_amount * 0.1 ELSE 0 END::DECIMAL(12, 2) AS discount_amount
        FROM priced
    )
    SELECT
        order_id,
        (1 + floor(power(customer_share, 1.3) * (0.25 + 0.75 * progress) * customers))::BIGINT AS customer_id,
        store_id::INTEGER AS store_id,
        CASE WHEN campaign_draw < 24 THEN 1 + campaign_draw END::INTEGER AS campaign_id,
        CASE WHEN channel_draw < 55 THEN 'web' WHEN channel_draw < 85 THEN 'app' ELSE 'store' END AS channel,
        status,
        gross_amount,
        discount_amount,
        CASE WHEN status = 'returned' THEN gross_amount - discount_amount ELSE 0 END::DECIMAL(12, 2) AS refund_amount,
        getvariable('as_of')::TIMESTAMP - INTERVAL 730 DAY + to_seconds(floor(progress * 730 * 86_400)) AS ordered_at
    FROM discounted
) TO '{out}/sales/orders/orders.parquet' (FORMAT parquet, COMPRESSION zstd);

-- Who has ever ordered; other products find a buyer again by the digest of the e-mail address.
COPY (
    SELECT
        customer_id,
        sha256(format('shopper{}@example.org', customer_id)) AS email_digest,
        min(ordered_at) AS first_ordered_at
    FROM read_parquet('{out}/sales/orders/orders.parquet')
    GROUP BY customer_id
    ORDER BY customer_id
) TO '{out}/sales/orders/buyers.parquet' (FORMAT parquet, COMPRESSION zstd);
