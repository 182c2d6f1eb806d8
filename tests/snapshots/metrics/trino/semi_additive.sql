-- Compute closing_balance.
--   Aggregate closing_balance (sum of closing) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each metric_time__month.
--       Read balances from shop.balances: amount, day.
SELECT
  DATE_TRUNC('month', CAST("balances"."day" AS TIMESTAMP(6))) AS "metric_time__month",
  SUM("balances"."amount") AS "closing_balance"
FROM "shop"."balances" AS "balances"
INNER JOIN (
  SELECT
    DATE_TRUNC('month', CAST("balances"."day" AS TIMESTAMP(6))) AS "metric_time__month",
    MAX(DATE_TRUNC('day', CAST("balances"."day" AS TIMESTAMP(6)))) AS "boundary"
  FROM "shop"."balances" AS "balances"
  GROUP BY
    1
) AS "boundary"
  ON DATE_TRUNC('day', CAST("balances"."day" AS TIMESTAMP(6))) = "boundary"."boundary"
  AND DATE_TRUNC('month', CAST("balances"."day" AS TIMESTAMP(6))) IS NOT DISTINCT FROM "boundary"."metric_time__month"
GROUP BY
  1
