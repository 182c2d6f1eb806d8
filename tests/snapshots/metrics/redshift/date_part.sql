-- Compute cash.
--   Aggregate cash (sum of paid_amount) by metric_time__extract_dow, order__paid_at__hour.
--     Read orders from shop.orders: amount, paid_at.
SELECT
  (
    (
      (
        DATE_PART(DOW, "orders"."paid_at") + 6
      ) % 7
    ) + 1
  ) AS "metric_time__extract_dow",
  DATE_TRUNC('hour', CAST("orders"."paid_at" AS TIMESTAMP)) AS "order__paid_at__hour",
  SUM("orders"."amount") AS "cash"
FROM "shop"."orders" AS "orders"
GROUP BY
  1,
  2
