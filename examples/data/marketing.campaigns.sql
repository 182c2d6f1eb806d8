-- Twelve campaigns that always run, and twelve that ran for sixty days each.
COPY (
    SELECT
        (i + 1)::INTEGER AS campaign_id,
        format('{} {}', CASE WHEN i < 12 THEN 'Always on' ELSE 'Season' END, 1 + i) AS title,
        (['search', 'social', 'email', 'display'])[1 + i % 4] AS channel,
        getvariable('as_of') - 730 + greatest(0, i - 12)::INTEGER * 55 AS starts_on,
        CASE WHEN i >= 12 THEN getvariable('as_of') - 671 + (i - 12)::INTEGER * 55 END AS ends_on
    FROM range(24) AS numbers (i)
) TO '{out}/marketing/campaigns/campaigns.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
    SELECT
        getvariable('as_of') - 730 + day::INTEGER AS spent_on,
        campaign_id,
        (40 + day / 10 + hash(day, campaign_id, 'spend') % 4_000 / 100)::DECIMAL(12, 2) AS spend_amount,
        (2_000 + hash(day, campaign_id, 'views') % 8_000)::BIGINT AS impressions
    FROM range(730) AS days (day)
    JOIN read_parquet('{out}/marketing/campaigns/campaigns.parquet')
        ON getvariable('as_of') - 730 + day::INTEGER BETWEEN starts_on AND coalesce(ends_on, getvariable('as_of'))
    ORDER BY spent_on, campaign_id
) TO '{out}/marketing/campaigns/campaign_spend.parquet' (FORMAT parquet, COMPRESSION zstd);

-- Two of three new customers came by a campaign; they register evenly over the two years.
COPY (
    WITH size AS (
        SELECT 60_000 * coalesce(getvariable('scale'), 1.0) AS customers
    ),
    registered AS (
        SELECT i + 1 AS customer_id, (i / customers - 0.25) / 0.75 AS progress
        FROM range((60_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i), size
    )
    SELECT
        customer_id,
        (1 + hash(customer_id, 'acquired by') % 12)::INTEGER AS campaign_id,
        getvariable('as_of') - 730 + floor(progress * 730)::INTEGER AS acquired_on
    FROM registered
    WHERE progress >= 0 AND hash(customer_id, 'acquired') % 3 < 2
    ORDER BY customer_id
) TO '{out}/marketing/campaigns/acquired_customers.parquet' (FORMAT parquet, COMPRESSION zstd);
