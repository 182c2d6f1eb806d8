-- Compute typical_order; p90_order; d90_order; a90_order.
--   Aggregate typical_order (median of typical); p90_order (percentile of p90); d90_order (percentile of d90); a90_order (percentile of a90) by order__is_large.
--     Read orders from shop.orders: amount.
SELECT
  "orders"."amount" >= 100 AS "order__is_large",
  QUANTILE_CONT(CAST("orders"."amount" AS DOUBLE), 0.5) AS "typical_order",
  QUANTILE_CONT(CAST("orders"."amount" AS DOUBLE), 0.9) AS "p90_order",
  QUANTILE_DISC("orders"."amount", 0.9) AS "d90_order",
  APPROX_QUANTILE("orders"."amount", 0.9) AS "a90_order"
FROM "shop"."orders" AS "orders"
GROUP BY
  1
