-- Compute two_days.
--   Aggregate two_days (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the last 2 days.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATETIME_TRUNC(CAST(`moment`.`day` AS DATETIME), DAY) AS `metric_time__day`,
  SUM(`buys`.`amount`) AS `two_days`
FROM `buys` AS `buys`
JOIN `days` AS `moment`
  ON DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY) <= `moment`.`day`
  AND DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY) > DATETIME_ADD(CAST(`moment`.`day` AS DATETIME), INTERVAL -2 DAY)
GROUP BY
  1
