-- Compute month_to_date.
--   Aggregate month_to_date (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows since the start of the month.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  CAST(DATE_TRUNC('DAY', `moment`.`day`) AS TIMESTAMP) AS `metric_time__day`,
  SUM(`buys`.`amount`) AS `month_to_date`
FROM `buys` AS `buys`
JOIN `days` AS `moment`
  ON CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP) <= `moment`.`day`
  AND CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP) >= CAST(DATE_TRUNC('MONTH', `moment`.`day`) AS TIMESTAMP)
GROUP BY
  1
