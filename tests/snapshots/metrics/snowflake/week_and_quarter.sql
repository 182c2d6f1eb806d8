-- Compute amount.
--   Aggregate amount (sum of amount) by metric_time__week, metric_time__quarter.
--     Read buys from buys: amount, day.
SELECT
  DATEADD(DAY, (
    1 - DAYOFWEEKISO("buys"."DAY")
  ), DATE_TRUNC('DAY', "buys"."DAY")) AS "metric_time__week",
  DATE_TRUNC('QUARTER', "buys"."DAY") AS "metric_time__quarter",
  SUM("buys"."AMOUNT") AS "amount"
FROM "BUYS" AS "buys"
GROUP BY
  1,
  2
