-- Compute revenue.
--   Aggregate revenue (sum of amount) by metric_time__month.
--     Read orders from shop.orders: amount, ordered_at.
SELECT
  DATE_TRUNC('MONTH', "orders"."ORDERED_AT") AS "metric_time__month",
  SUM("orders"."AMOUNT") AS "revenue"
FROM "SHOP"."ORDERS" AS "orders"
GROUP BY
  1
