-- Compute latest_balance.
--   Aggregate latest_balance (sum of latest_each) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each customer and metric_time__month.
--       Read balances from shop.balances: amount, customer_id, day.
SELECT
  DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), MONTH) AS `metric_time__month`,
  SUM(`balances`.`amount`) AS `latest_balance`
FROM `shop`.`balances` AS `balances`
INNER JOIN (
  SELECT
    `balances`.`customer_id` AS `customer`,
    DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), MONTH) AS `metric_time__month`,
    MAX(DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), DAY)) AS `boundary`
  FROM `shop`.`balances` AS `balances`
  GROUP BY
    1,
    2
) AS `boundary`
  ON DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), DAY) = `boundary`.`boundary`
  AND `balances`.`customer_id` IS NOT DISTINCT FROM `boundary`.`customer`
  AND DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), MONTH) IS NOT DISTINCT FROM `boundary`.`metric_time__month`
GROUP BY
  1
