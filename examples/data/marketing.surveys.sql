-- Answers to "would you recommend us?", 0 to 10, over two years.
COPY (
    WITH size AS (
        SELECT
            40_000 * coalesce(getvariable('scale'), 1.0) AS responses,
            60_000 * coalesce(getvariable('scale'), 1.0) AS customers
    ),
    answered AS (
        SELECT
            i + 1 AS response_id,
            i / responses AS progress,
            1 + hash(i, 'customer') % customers::BIGINT AS customer_id,
            hash(i, 'group') % 100 AS answer_group,
            hash(i, 'score') AS draw
        FROM range((40_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i), size
    )
    SELECT
        response_id,
        customer_id::BIGINT AS customer_id,
        format('shopper{}@example.org', customer_id) AS respondent_email,
        CASE
            WHEN answer_group < 48 THEN 9 + draw % 2
            WHEN answer_group < 80 THEN 7 + draw % 2
            ELSE draw % 7
        END::INTEGER AS score,
        (['web', 'app', 'store'])[(1 + hash(response_id, 'channel') % 3)::INTEGER] AS channel,
        getvariable('as_of')::TIMESTAMP - INTERVAL 730 DAY + to_seconds(floor(progress * 730 * 86_400)) AS answered_at
    FROM answered
    ORDER BY response_id
) TO '{out}/marketing/surveys/survey_responses.parquet' (FORMAT parquet, COMPRESSION zstd);
