-- Compute amount.
--   Aggregate amount (sum of amount) by metric_time__week, metric_time__quarter.
--     Read buys from buys: amount, day.
SELECT
  CAST(DATE_TRUNC('WEEK', `buys`.`day`) AS TIMESTAMP) AS `metric_time__week`,
  CAST(DATE_TRUNC('QUARTER', `buys`.`day`) AS TIMESTAMP) AS `metric_time__quarter`,
  SUM(`buys`.`amount`) AS `amount`
FROM `buys` AS `buys`
GROUP BY
  1,
  2
