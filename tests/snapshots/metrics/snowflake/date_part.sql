-- Compute cash.
--   Aggregate cash (sum of paid_amount) by metric_time__extract_dow, order__paid_at__hour.
--     Read orders from shop.orders: amount, paid_at.
SELECT
  DAYOFWEEKISO("orders"."PAID_AT") AS "metric_time__extract_dow",
  DATE_TRUNC('HOUR', "orders"."PAID_AT") AS "order__paid_at__hour",
  SUM("orders"."AMOUNT") AS "cash"
FROM "SHOP"."ORDERS" AS "orders"
GROUP BY
  1,
  2
