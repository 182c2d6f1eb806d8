-- Compute latest_balance.
--   Aggregate latest_balance (sum of latest_each) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each customer and metric_time__month.
--       Read balances from shop.balances: amount, customer_id, day.
SELECT
  DATE_TRUNC('MONTH', "balances"."DAY") AS "metric_time__month",
  SUM("balances"."AMOUNT") AS "latest_balance"
FROM "SHOP"."BALANCES" AS "balances"
INNER JOIN (
  SELECT
    "balances"."CUSTOMER_ID" AS "customer",
    DATE_TRUNC('MONTH', "balances"."DAY") AS "metric_time__month",
    MAX(DATE_TRUNC('DAY', "balances"."DAY")) AS "boundary"
  FROM "SHOP"."BALANCES" AS "balances"
  GROUP BY
    1,
    2
) AS "boundary"
  ON DATE_TRUNC('DAY', "balances"."DAY") = "boundary"."boundary"
  AND "balances"."CUSTOMER_ID" IS NOT DISTINCT FROM "boundary"."customer"
  AND DATE_TRUNC('MONTH', "balances"."DAY") IS NOT DISTINCT FROM "boundary"."metric_time__month"
GROUP BY
  1
