-- Compute month_to_date.
--   Aggregate month_to_date (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows since the start of the month.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATETIME_TRUNC(CAST(`moment`.`day` AS DATETIME), DAY) AS `metric_time__day`,
  SUM(`buys`.`amount`) AS `month_to_date`
FROM `buys` AS `buys`
JOIN `days` AS `moment`
  ON DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY) <= `moment`.`day`
  AND DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY) >= DATETIME_TRUNC(CAST(`moment`.`day` AS DATETIME), MONTH)
GROUP BY
  1
