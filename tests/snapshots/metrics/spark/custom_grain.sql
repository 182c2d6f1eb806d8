-- Compute amount.
--   Aggregate amount (sum of amount) by metric_time__third.
--     Look up metric_time__third in the time spine days.
--       Read buys from buys: amount, day.
--       Read days from days: day, third.
SELECT
  `buys__day__third`.`third` AS `metric_time__third`,
  SUM(`buys`.`amount`) AS `amount`
FROM `buys` AS `buys`
LEFT JOIN `days` AS `buys__day__third`
  ON CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP) = `buys__day__third`.`day`
GROUP BY
  1
