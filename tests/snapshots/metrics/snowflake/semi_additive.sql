-- Compute closing_balance.
--   Aggregate closing_balance (sum of closing) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each metric_time__month.
--       Read balances from shop.balances: amount, day.
SELECT
  DATE_TRUNC('MONTH', "balances"."DAY") AS "metric_time__month",
  SUM("balances"."AMOUNT") AS "closing_balance"
FROM "SHOP"."BALANCES" AS "balances"
INNER JOIN (
  SELECT
    DATE_TRUNC('MONTH', "balances"."DAY") AS "metric_time__month",
    MAX(DATE_TRUNC('DAY', "balances"."DAY")) AS "boundary"
  FROM "SHOP"."BALANCES" AS "balances"
  GROUP BY
    1
) AS "boundary"
  ON DATE_TRUNC('DAY', "balances"."DAY") = "boundary"."boundary"
  AND DATE_TRUNC('MONTH', "balances"."DAY") IS NOT DISTINCT FROM "boundary"."metric_time__month"
GROUP BY
  1
