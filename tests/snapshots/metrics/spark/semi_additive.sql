-- Compute closing_balance.
--   Aggregate closing_balance (sum of closing) by metric_time__month.
--     Keep the rows at the last balance__on_day__day of each metric_time__month.
--       Read balances from shop.balances: amount, day.
SELECT
  CAST(DATE_TRUNC('MONTH', `balances`.`day`) AS TIMESTAMP) AS `metric_time__month`,
  SUM(`balances`.`amount`) AS `closing_balance`
FROM `shop`.`balances` AS `balances`
INNER JOIN (
  SELECT
    CAST(DATE_TRUNC('MONTH', `balances`.`day`) AS TIMESTAMP) AS `metric_time__month`,
    MAX(CAST(DATE_TRUNC('DAY', `balances`.`day`) AS TIMESTAMP)) AS `boundary`
  FROM `shop`.`balances` AS `balances`
  GROUP BY
    1
) AS `boundary`
  ON CAST(DATE_TRUNC('DAY', `balances`.`day`) AS TIMESTAMP) = `boundary`.`boundary`
  AND CAST(DATE_TRUNC('MONTH', `balances`.`day`) AS TIMESTAMP) <=> `boundary`.`metric_time__month`
GROUP BY
  1
