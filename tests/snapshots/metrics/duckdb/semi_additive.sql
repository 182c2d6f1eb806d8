-- Compute closing_balance.
--   Aggregate closing_balance (sum of closing) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each metric_time__month.
--       Read balances from shop.balances: amount, day.
SELECT
  DATE_TRUNC('MONTH', "balances"."day") AS "metric_time__month",
  SUM("balances"."amount") AS "closing_balance"
FROM "shop"."balances" AS "balances"
INNER JOIN (
  SELECT
    DATE_TRUNC('MONTH', "balances"."day") AS "metric_time__month",
    MAX(DATE_TRUNC('DAY', "balances"."day")) AS "boundary"
  FROM "shop"."balances" AS "balances"
  GROUP BY
    1
) AS "boundary"
  ON DATE_TRUNC('DAY', "balances"."day") = "boundary"."boundary"
  AND DATE_TRUNC('MONTH', "balances"."day") IS NOT DISTINCT FROM "boundary"."metric_time__month"
GROUP BY
  1
