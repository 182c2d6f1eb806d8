-- Compute closing_balance.
--   Aggregate closing_balance (sum of closing) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each metric_time__month.
--       Read balances from shop.balances: amount, day.
SELECT
  DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), MONTH) AS `metric_time__month`,
  SUM(`balances`.`amount`) AS `closing_balance`
FROM `shop`.`balances` AS `balances`
INNER JOIN (
  SELECT
    DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), MONTH) AS `metric_time__month`,
    MAX(DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), DAY)) AS `boundary`
  FROM `shop`.`balances` AS `balances`
  GROUP BY
    1
) AS `boundary`
  ON DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), DAY) = `boundary`.`boundary`
  AND DATETIME_TRUNC(CAST(`balances`.`day` AS DATETIME), MONTH) IS NOT DISTINCT FROM `boundary`.`metric_time__month`
GROUP BY
  1
