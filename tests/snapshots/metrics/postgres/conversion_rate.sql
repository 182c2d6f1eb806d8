-- Compute rate = CAST("rate" AS DOUBLE) / NULLIF("rate__1", 0).
--   Combine visits, visits by metric_time__day, visit__source, keeping every group.
--     Count rate (count of visit_count) after the last row of visits before it.
--       Read visits from visits: day, source, visitor.
--       Read buys from buys: buy_id, day, visitor.
--     Aggregate rate__1 (count of visit_count) by metric_time__day, visit__source.
--       Read visits from visits: day, source, visit_id.
SELECT
  "metric_time__day" AS "metric_time__day",
  "visit__source" AS "visit__source",
  CAST(MAX("rate") AS DOUBLE PRECISION) / NULLIF(MAX("rate__1"), 0) AS "rate"
FROM (
  SELECT
    "metric_time__day" AS "metric_time__day",
    "visit__source" AS "visit__source",
    COUNT("value_0") AS "rate",
    NULL AS "rate__1"
  FROM (
    SELECT
      DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP)) AS "metric_time__day",
      "visits"."source" AS "visit__source",
      "conversion"."value_0" AS "value_0",
      ROW_NUMBER() OVER (
        PARTITION BY "conversion"."number"
        ORDER BY DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP)) DESC NULLS LAST, DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP)), "visits"."source"
      ) AS "nearest"
    FROM "visits" AS "visits"
    INNER JOIN (
      SELECT
        ROW_NUMBER() OVER () AS "number",
        DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) AS "key_0",
        "buys"."visitor" AS "key_1",
        "buys"."buy_id" AS "value_0"
      FROM "buys" AS "buys"
    ) AS "conversion"
      ON "visits"."visitor" = "conversion"."key_1"
      AND DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP)) <= "conversion"."key_0"
  ) AS "converted"
  WHERE
    "nearest" = 1
  GROUP BY
    1,
    2
  UNION ALL
  SELECT
    DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP)) AS "metric_time__day",
    "visits"."source" AS "visit__source",
    NULL AS "rate",
    COUNT("visits"."visit_id") AS "rate__1"
  FROM "visits" AS "visits"
  GROUP BY
    1,
    2
) AS "combined"
GROUP BY
  1,
  2
