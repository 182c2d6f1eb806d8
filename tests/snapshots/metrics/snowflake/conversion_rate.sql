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
  CAST(MAX("rate") AS DOUBLE) / NULLIF(MAX("rate__1"), 0) AS "rate"
FROM (
  SELECT
    "metric_time__day" AS "metric_time__day",
    "visit__source" AS "visit__source",
    COUNT("value_0") AS "rate",
    NULL AS "rate__1"
  FROM (
    SELECT
      DATE_TRUNC('DAY', "visits"."DAY") AS "metric_time__day",
      "visits"."SOURCE" AS "visit__source",
      "conversion"."value_0" AS "value_0",
      ROW_NUMBER() OVER (
        PARTITION BY "conversion"."number"
        ORDER BY DATE_TRUNC('DAY', "visits"."DAY") DESC NULLS LAST, DATE_TRUNC('DAY', "visits"."DAY"), "visits"."SOURCE"
      ) AS "nearest"
    FROM "VISITS" AS "visits"
    INNER JOIN (
      SELECT
        ROW_NUMBER() OVER (ORDER BY NULL NULLS FIRST) AS "number",
        DATE_TRUNC('DAY', "buys"."DAY") AS "key_0",
        "buys"."VISITOR" AS "key_1",
        "buys"."BUY_ID" AS "value_0"
      FROM "BUYS" AS "buys"
    ) AS "conversion"
      ON "visits"."VISITOR" = "conversion"."key_1"
      AND DATE_TRUNC('DAY', "visits"."DAY") <= "conversion"."key_0"
  ) AS "converted"
  WHERE
    "nearest" = 1
  GROUP BY
    1,
    2
  UNION ALL
  SELECT
    DATE_TRUNC('DAY', "visits"."DAY") AS "metric_time__day",
    "visits"."SOURCE" AS "visit__source",
    NULL AS "rate",
    COUNT("visits"."VISIT_ID") AS "rate__1"
  FROM "VISITS" AS "visits"
  GROUP BY
    1,
    2
) AS "combined"
GROUP BY
  1,
  2
