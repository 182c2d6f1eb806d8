-- Members of the delivery club. About three in a hundred leave each month, none in the month of joining.
COPY (
    WITH size AS (
        SELECT
            8_000 * coalesce(getvariable('scale'), 1.0) AS subscriptions,
            60_000 * coalesce(getvariable('scale'), 1.0) AS customers
    ),
    started AS (
        SELECT
            i + 1 AS subscription_id,
            1 + hash(i, 'customer') % customers::BIGINT AS customer_id,
            hash(i, 'plan') % 10 AS plan_draw,
            getvariable('as_of') - (1_200 - floor(i / subscriptions * 1_200)::INTEGER) AS started_on,
            ceil(ln((1 + hash(i, 'lifetime') % 999_999) / 1e6) / ln(0.97))::INTEGER AS lifetime_months
        FROM range((8_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i), size
    ),
    ended AS (
        SELECT *, (started_on + to_months(lifetime_months))::DATE AS would_end_on FROM started
    )
    SELECT
        subscription_id,
        customer_id::BIGINT AS customer_id,
        CASE WHEN plan_draw < 6 THEN 'basic' WHEN plan_draw < 9 THEN 'plus' ELSE 'business' END AS plan,
        CASE WHEN plan_draw < 6 THEN 9.90 WHEN plan_draw < 9 THEN 19.90 ELSE 89 END::DECIMAL(12, 2) AS monthly_amount,
        'USD' AS currency,
        started_on,
        CASE WHEN would_end_on < getvariable('as_of') THEN would_end_on END AS ended_on
    FROM ended
    ORDER BY subscription_id
) TO '{out}/finance/subscriptions/subscriptions.parquet' (FORMAT parquet, COMPRESSION zstd);

-- One row for each subscription and month of the last two years; amounts are those at the end of the month.
COPY (
    WITH months AS (
        SELECT (date_trunc('month', getvariable('as_of')) - to_months(i::INTEGER))::DATE AS month_start
        FROM range(24) AS numbers (i)
    ),
    lived AS (
        SELECT
            subscription_id,
            month_start,
            monthly_amount AS price,
            started_on < month_start AS was_open_at_start,
            coalesce(date_trunc('month', ended_on) = month_start, false) AS has_churned
        FROM read_parquet('{out}/finance/subscriptions/subscriptions.parquet')
        JOIN months ON month_start BETWEEN date_trunc('month', started_on) AND coalesce(ended_on, getvariable('as_of'))
    )
    SELECT
        format('{}-{}', subscription_id, strftime(month_start, '%Y-%m')) AS subscription_month_id,
        subscription_id,
        month_start,
        was_open_at_start,
        has_churned,
        CASE WHEN has_churned THEN 0 ELSE price END::DECIMAL(12, 2) AS monthly_amount,
        CASE WHEN has_churned THEN 0 ELSE price * 0.72 END::DECIMAL(12, 2) AS margin_amount,
        'USD' AS currency
    FROM lived
    ORDER BY month_start, subscription_id
) TO '{out}/finance/subscriptions/subscription_months.parquet' (FORMAT parquet, COMPRESSION zstd);
