-- Compute a90_order.
--   Aggregate a90_order (percentile of a90) by order__is_large.
--     Read orders from shop.orders: amount.
SELECT
  `orders`.`amount` >= 100 AS `order__is_large`,
  APPROX_QUANTILES(`orders`.`amount`, 1000)[OFFSET(900)] AS `a90_order`
FROM `shop`.`orders` AS `orders`
GROUP BY
  1
