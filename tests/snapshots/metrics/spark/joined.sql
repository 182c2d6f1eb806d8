-- Order by revenue descending and keep 10 rows.
--   Compute revenue.
--     Aggregate revenue (sum of amount) by customer__country, customer__region__region_name.
--       Keep rows where customer__country IN ('de', 'fr').
--         Join customers by customer: at most one row each, rows without one stay.
--           Read orders from shop.orders: amount, customer_id.
--           Join regions by region: at most one row each, rows without one stay.
--             Read customers from shop.customers: country, id, region_id.
--             Read regions from shop.regions: name, region_id.
SELECT
  `customer__customers`.`country` AS `customer__country`,
  `customer__region__regions`.`name` AS `customer__region__region_name`,
  SUM(`orders`.`amount`) AS `revenue`
FROM `shop`.`orders` AS `orders`
LEFT JOIN (
  `shop`.`customers` AS `customer__customers`
    LEFT JOIN `shop`.`regions` AS `customer__region__regions`
      ON `customer__customers`.`region_id` = `customer__region__regions`.`region_id`
)
  ON `orders`.`customer_id` = `customer__customers`.`id`
WHERE
  `customer__customers`.`country` IN ('de', 'fr')
GROUP BY
  1,
  2
ORDER BY
  `revenue` DESC
LIMIT 10
