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
  `metric_time__month` AS `metric_time__month`,
  `customer__country` AS `customer__country`,
  CAST(MAX(`revenue`) AS FLOAT64) / NULLIF(MAX(`customer_count`), 0) AS `revenue_per_customer`,
  MAX(`goal`) AS `goal`
FROM (
  SELECT
    `metric_time__month` AS `metric_time__month`,
    `customer__country` AS `customer__country`,
    MAX(`revenue`) AS `revenue`,
    MAX(`customer_count`) AS `customer_count`,
    NULL AS `goal`
  FROM (
    SELECT
      DATETIME_TRUNC(CAST(`orders`.`ordered_at` AS DATETIME), MONTH) AS `metric_time__month`,
      `customer__customers`.`country` AS `customer__country`,
      SUM(`orders`.`amount`) AS `revenue`,
      NULL AS `customer_count`
    FROM `shop`.`orders` AS `orders`
    LEFT JOIN `shop`.`customers` AS `customer__customers`
      ON `orders`.`customer_id` = `customer__customers`.`id`
    WHERE
      (
        `orders`.`ordered_at` >= '2026-01-01' AND `orders`.`ordered_at` < '2027-01-01'
      )
      AND `orders`.`ordered_at` >= '2026-02-01'
    GROUP BY
      1,
      2
    UNION ALL
    SELECT
      DATETIME_TRUNC(CAST(`customers`.`joined_at` AS DATETIME), MONTH) AS `metric_time__month`,
      `customers`.`country` AS `customer__country`,
      NULL AS `revenue`,
      COUNT(1) AS `customer_count`
    FROM `shop`.`customers` AS `customers`
    WHERE
      (
        `customers`.`joined_at` >= '2026-01-01'
        AND `customers`.`joined_at` < '2027-01-01'
      )
      AND `customers`.`joined_at` >= '2026-02-01'
    GROUP BY
      1,
      2
  ) AS `combined`
  GROUP BY
    1,
    2
  UNION ALL
  SELECT
    DATETIME_TRUNC(CAST(`targets`.`month_start` AS DATETIME), MONTH) AS `metric_time__month`,
    `customer__customers`.`country` AS `customer__country`,
    NULL AS `revenue`,
    NULL AS `customer_count`,
    SUM(`targets`.`goal`) AS `goal`
  FROM `shop`.`targets` AS `targets`
  LEFT JOIN `shop`.`customers` AS `customer__customers`
    ON `targets`.`customer_id` = `customer__customers`.`id`
  WHERE
    (
      `targets`.`month_start` >= '2026-01-01'
      AND `targets`.`month_start` < '2027-01-01'
    )
    AND `targets`.`month_start` >= '2026-02-01'
  GROUP BY
    1,
    2
) AS `combined`
GROUP BY
  1,
  2
ORDER BY
  `metric_time__month` ASC NULLS LAST
