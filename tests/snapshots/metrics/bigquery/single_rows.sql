-- Compute revenue; goal.
--   Combine orders, targets by their single rows, keeping every group.
--     Aggregate revenue (sum of amount).
--       Read orders from shop.orders: amount.
--     Aggregate goal (sum of target).
--       Read targets from shop.targets: goal.
SELECT
  `orders`.`revenue` AS `revenue`,
  `targets`.`goal` AS `goal`
FROM (
  SELECT
    SUM(`orders`.`amount`) AS `revenue`
  FROM `shop`.`orders` AS `orders`
) AS `orders`
CROSS JOIN (
  SELECT
    SUM(`targets`.`goal`) AS `goal`
  FROM `shop`.`targets` AS `targets`
) AS `targets`
