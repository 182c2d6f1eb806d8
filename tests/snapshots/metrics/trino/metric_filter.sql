-- Compute amount.
--   Aggregate amount (sum of amount) by metric_time__day.
--     Keep rows where visitor__visit_count > 1.
--       Join the values of the metric visit_count.
--         Read buys from buys: amount, day, visitor.
--         Compute visit_count.
--           Aggregate visit_count (count of visit_count) by visitor.
--             Read visits from visits: visit_id, visitor.
SELECT
  DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP(6))) AS "metric_time__day",
  SUM("buys"."amount") AS "amount"
FROM "buys" AS "buys"
LEFT JOIN (
  SELECT
    "visits"."visitor" AS "visitor",
    COUNT("visits"."visit_id") AS "visit_count"
  FROM "visits" AS "visits"
  GROUP BY
    1
) AS "visitor__visit_count"
  ON "buys"."visitor" = "visitor__visit_count"."visitor"
WHERE
  "visitor__visit_count"."visit_count" > 1
GROUP BY
  1
