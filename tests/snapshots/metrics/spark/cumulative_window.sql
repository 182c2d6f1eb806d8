-- Compute two_days.
--   Aggregate two_days (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the last 2 days.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  CAST(DATE_TRUNC('DAY', `moment`.`day`) AS TIMESTAMP) AS `metric_time__day`,
  SUM(`buys`.`amount`) AS `two_days`
FROM `buys` AS `buys`
JOIN `days` AS `moment`
  ON CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP) <= `moment`.`day`
  AND CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP) > TIMESTAMPADD(DAY, -2, CAST(`moment`.`day` AS TIMESTAMP))
GROUP BY
  1
