-- Every prediction that the recommendation and fraud models served within the last ninety days.
COPY (
    WITH size AS (
        SELECT 400_000 * coalesce(getvariable('scale'), 1.0) AS requests
    ),
    served AS (
        SELECT
            i + 1 AS request_id,
            i / requests AS progress,
            hash(i, 'model') % 10 AS model_draw,
            -- Box and Muller's way from two even draws to one normal draw.
            sqrt(-2 * ln((1 + hash(i, 'first') % 999_999) / 1e6))
            * cos(2 * pi() * (hash(i, 'second') % 1_000_000) / 1e6) AS normal
        FROM range((400_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i), size
    )
    SELECT
        request_id,
        CASE WHEN model_draw < 7 THEN 'recommendation' ELSE 'fraud' END AS model,
        CASE WHEN progress < 0.6 THEN '4.1.0' ELSE '4.2.0' END AS model_version,
        (['us-east', 'us-west'])[(1 + hash(request_id, 'region') % 2)::INTEGER] AS region,
        hash(request_id, 'success') % 500 > 0 AS has_succeeded,
        -- Latency is log-normal: the median of the recommendation model is 45 ms.
        round(CASE WHEN model_draw < 7 THEN 45 ELSE 20 END * exp(0.5 * normal), 3) AS latency_ms,
        getvariable('as_of')::TIMESTAMP - INTERVAL 90 DAY + to_seconds(floor(progress * 90 * 86_400)) AS requested_at
    FROM served
    ORDER BY request_id
) TO '{out}/operations/inference/inference_requests.parquet' (FORMAT parquet, COMPRESSION zstd);
