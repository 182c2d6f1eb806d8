-- Compute paid_share = CAST("revenue" AS DOUBLE) / NULLIF("revenue__1", 0); paid_orders.
--   Aggregate revenue (sum of amount where order__status = 'paid'); revenue__1 (sum of amount); paid_orders (count of orders where order__status = 'paid') by metric_time__month.
--     Read orders from shop.orders: amount, order_id, ordered_at, status.
SELECT
  CAST(DATE_TRUNC('MONTH', `orders`.`ordered_at`) AS TIMESTAMP) AS `metric_time__month`,
  CAST(SUM(`orders`.`amount`) FILTER(WHERE
    `orders`.`status` = 'paid') AS DOUBLE) / NULLIF(SUM(`orders`.`amount`), 0) AS `paid_share`,
  CASE
    WHEN COUNT(*) FILTER(WHERE
      `orders`.`status` = 'paid') > 0
    THEN COUNT(`orders`.`order_id`) FILTER(WHERE
      `orders`.`status` = 'paid')
  END AS `paid_orders`
FROM `shop`.`orders` AS `orders`
GROUP BY
  1
