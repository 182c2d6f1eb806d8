-- Compute a90_order.
--   Aggregate a90_order (percentile of a90) by order__is_large.
--     Read orders from shop.orders: amount.
SELECT
  "orders"."AMOUNT" >= 100 AS "order__is_large",
  PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY
    CAST("orders"."AMOUNT" AS DOUBLE)) AS "a90_order"
FROM "SHOP"."ORDERS" AS "orders"
GROUP BY
  1
