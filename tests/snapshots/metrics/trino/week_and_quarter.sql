-- Compute amount.
--   Aggregate amount (sum of amount) by metric_time__week, metric_time__quarter.
--     Read buys from buys: amount, day.
SELECT
  DATE_TRUNC('week', CAST("buys"."day" AS TIMESTAMP(6))) AS "metric_time__week",
  DATE_TRUNC('quarter', CAST("buys"."day" AS TIMESTAMP(6))) AS "metric_time__quarter",
  SUM("buys"."amount") AS "amount"
FROM "buys" AS "buys"
GROUP BY
  1,
  2
