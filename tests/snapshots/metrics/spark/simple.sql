-- Compute revenue.
--   Aggregate revenue (sum of amount) by metric_time__month.
--     Read orders from shop.orders: amount, ordered_at.
SELECT
  CAST(DATE_TRUNC('MONTH', `orders`.`ordered_at`) AS TIMESTAMP) AS `metric_time__month`,
  SUM(`orders`.`amount`) AS `revenue`
FROM `shop`.`orders` AS `orders`
GROUP BY
  1
