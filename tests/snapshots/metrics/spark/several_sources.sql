-- Order by metric_time__month.
--   Compute revenue_per_customer = CAST("revenue" AS DOUBLE) / NULLIF("customer_count", 0); goal.
--     Combine orders, customers, targets by metric_time__month, customer__country, keeping every group.
--       Aggregate revenue (sum of amount) by metric_time__month, customer__country.
--         Join customers by customer: at most one row each, rows without one stay.
--           Keep rows where metric_time__month from 2026-01-01 00:00:00 to 2026-12-01 00:00:00 and metric_time__month >= '2026-01-15'.
--             Read orders from shop.orders: amount, customer_id, ordered_at.
--           Read customers from shop.customers: country, id.
--       Aggregate customer_count (count of customers) by metric_time__month, customer__country.
--         Keep rows where metric_time__month from 2026-01-01 00:00:00 to 2026-12-01 00:00:00 and metric_time__month >= '2026-01-15'.
--           Read customers from shop.customers: country, joined_at.
--       Aggregate goal (sum of target) by metric_time__month, customer__country.
--         Join customers by customer: at most one row each, rows without one stay.
--           Keep rows where metric_time__month from 2026-01-01 00:00:00 to 2026-12-01 00:00:00 and metric_time__month >= '2026-01-15'.
--             Read targets from shop.targets: customer_id, goal, month_start.
--           Read customers from shop.customers: country, id.
SELECT
  COALESCE(
    `orders`.`metric_time__month`,
    `customers`.`metric_time__month`,
    `targets`.`metric_time__month`
  ) AS `metric_time__month`,
  COALESCE(
    `orders`.`customer__country`,
    `customers`.`customer__country`,
    `targets`.`customer__country`
  ) AS `customer__country`,
  CAST(`orders`.`revenue` AS DOUBLE) / NULLIF(`customers`.`customer_count`, 0) AS `revenue_per_customer`,
  `targets`.`goal` AS `goal`
FROM (
  SELECT
    CAST(DATE_TRUNC('MONTH', `orders`.`ordered_at`) AS TIMESTAMP) AS `metric_time__month`,
    `customer__customers`.`country` AS `customer__country`,
    SUM(`orders`.`amount`) AS `revenue`
  FROM `shop`.`orders` AS `orders`
  LEFT JOIN `shop`.`customers` AS `customer__customers`
    ON `orders`.`customer_id` = `customer__customers`.`id`
  WHERE
    (
      `orders`.`ordered_at` >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
      AND `orders`.`ordered_at` < CAST('2027-01-01 00:00:00' AS TIMESTAMP)
    )
    AND `orders`.`ordered_at` >= CAST('2026-02-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1,
    2
) AS `orders`
FULL OUTER JOIN (
  SELECT
    CAST(DATE_TRUNC('MONTH', `customers`.`joined_at`) AS TIMESTAMP) AS `metric_time__month`,
    `customers`.`country` AS `customer__country`,
    COUNT(1) AS `customer_count`
  FROM `shop`.`customers` AS `customers`
  WHERE
    (
      `customers`.`joined_at` >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
      AND `customers`.`joined_at` < CAST('2027-01-01 00:00:00' AS TIMESTAMP)
    )
    AND `customers`.`joined_at` >= CAST('2026-02-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1,
    2
) AS `customers`
  ON `orders`.`metric_time__month` <=> `customers`.`metric_time__month`
  AND `orders`.`customer__country` <=> `customers`.`customer__country`
FULL OUTER JOIN (
  SELECT
    CAST(DATE_TRUNC('MONTH', `targets`.`month_start`) AS TIMESTAMP) AS `metric_time__month`,
    `customer__customers`.`country` AS `customer__country`,
    SUM(`targets`.`goal`) AS `goal`
  FROM `shop`.`targets` AS `targets`
  LEFT JOIN `shop`.`customers` AS `customer__customers`
    ON `targets`.`customer_id` = `customer__customers`.`id`
  WHERE
    (
      `targets`.`month_start` >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
      AND `targets`.`month_start` < CAST('2027-01-01 00:00:00' AS TIMESTAMP)
    )
    AND `targets`.`month_start` >= CAST('2026-02-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1,
    2
) AS `targets`
  ON COALESCE(`orders`.`metric_time__month`, `customers`.`metric_time__month`) <=> `targets`.`metric_time__month`
  AND COALESCE(`orders`.`customer__country`, `customers`.`customer__country`) <=> `targets`.`customer__country`
ORDER BY
  `metric_time__month` ASC NULLS LAST
