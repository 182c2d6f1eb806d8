-- Compute amount.
--   Aggregate amount (sum of amount) by metric_time__week, metric_time__quarter.
--     Read buys from buys: amount, day.
SELECT
  DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), ISOWEEK) AS `metric_time__week`,
  DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), QUARTER) AS `metric_time__quarter`,
  SUM(`buys`.`amount`) AS `amount`
FROM `buys` AS `buys`
GROUP BY
  1,
  2
