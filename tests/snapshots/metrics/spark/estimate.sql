-- Compute a90_order.
--   Aggregate a90_order (percentile of a90) by order__is_large.
--     Read orders from shop.orders: amount.
SELECT
  `orders`.`amount` >= 100 AS `order__is_large`,
  PERCENTILE(`orders`.`amount`, 0.9) AS `a90_order`
FROM `shop`.`orders` AS `orders`
GROUP BY
  1
