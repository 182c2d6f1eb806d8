-- Compute paid_share = CAST("revenue" AS DOUBLE) / NULLIF("revenue__1", 0); paid_orders.
--   Aggregate revenue (sum of amount where order__status = 'paid'); revenue__1 (sum of amount); paid_orders (count of orders where order__status = 'paid') by metric_time__month.
--     Read orders from shop.orders: amount, order_id, ordered_at, status.
SELECT
  DATE_TRUNC('MONTH', "orders"."ORDERED_AT") AS "metric_time__month",
  CAST(SUM(CASE WHEN "orders"."STATUS" = 'paid' THEN "orders"."AMOUNT" END) AS DOUBLE) / NULLIF(SUM("orders"."AMOUNT"), 0) AS "paid_share",
  CASE
    WHEN COUNT(CASE WHEN "orders"."STATUS" = 'paid' THEN 1 END) > 0
    THEN COUNT(CASE WHEN "orders"."STATUS" = 'paid' THEN "orders"."ORDER_ID" END)
  END AS "paid_orders"
FROM "SHOP"."ORDERS" AS "orders"
GROUP BY
  1
