-- Compute cash.
--   Aggregate cash (sum of paid_amount) by metric_time__extract_dow, order__paid_at__hour.
--     Read orders from shop.orders: amount, paid_at.
SELECT
  EXTRACT(ISODOW FROM "orders"."paid_at") AS "metric_time__extract_dow",
  (DATE_TRUNC('MINUTE', "orders"."paid_at") - TO_MINUTES(EXTRACT(MINUTE FROM "orders"."paid_at"))) AS "order__paid_at__hour",
  SUM("orders"."amount") AS "cash"
FROM "shop"."orders" AS "orders"
GROUP BY
  1,
  2
