-- Compute latest_balance.
--   Aggregate latest_balance (sum of latest_each) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each customer and metric_time__month.
--       Read balances from shop.balances: amount, customer_id, day.
SELECT
  DATE_TRUNC('month', CAST("balances"."day" AS TIMESTAMP)) AS "metric_time__month",
  SUM("balances"."amount") AS "latest_balance"
FROM "shop"."balances" AS "balances"
INNER JOIN (
  SELECT
    "balances"."customer_id" AS "customer",
    DATE_TRUNC('month', CAST("balances"."day" AS TIMESTAMP)) AS "metric_time__month",
    MAX(DATE_TRUNC('day', CAST("balances"."day" AS TIMESTAMP))) AS "boundary"
  FROM "shop"."balances" AS "balances"
  GROUP BY
    1,
    2
) AS "boundary"
  ON DATE_TRUNC('day', CAST("balances"."day" AS TIMESTAMP)) = "boundary"."boundary"
  AND ("balances"."customer_id" = "boundary"."customer" OR ("balances"."customer_id" IS NULL AND "boundary"."customer" IS NULL))
  AND (DATE_TRUNC('month', CAST("balances"."day" AS TIMESTAMP)) = "boundary"."metric_time__month" OR (DATE_TRUNC('month', CAST("balances"."day" AS TIMESTAMP)) IS NULL AND "boundary"."metric_time__month" IS NULL))
GROUP BY
  1
