-- Compute revenue.
--   Aggregate revenue (sum of amount) by metric_time__month.
--     Read orders from shop.orders: amount, ordered_at.
SELECT
  DATE_TRUNC('month', CAST("orders"."ordered_at" AS TIMESTAMP)) AS "metric_time__month",
  SUM("orders"."amount") AS "revenue"
FROM "shop"."orders" AS "orders"
GROUP BY
  1
