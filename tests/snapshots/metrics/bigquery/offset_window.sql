-- Compute week_before = "amount" - "amount__1".
--   Combine buys, buys by metric_time__day, keeping every group.
--     Aggregate amount (sum of amount) by metric_time__day.
--       Read buys from buys: amount, day.
--     Aggregate amount__1 (sum of amount) by metric_time__day.
--       Join the time spine days: at each moment the rows of 1 week before.
--         Read buys from buys: amount, day.
--         Read days from days: day.
SELECT
  `metric_time__day` AS `metric_time__day`,
  MAX(`amount`) - MAX(`amount__1`) AS `week_before`
FROM (
  SELECT
    DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY) AS `metric_time__day`,
    SUM(`buys`.`amount`) AS `amount`,
    NULL AS `amount__1`
  FROM `buys` AS `buys`
  GROUP BY
    1
  UNION ALL
  SELECT
    DATETIME_TRUNC(CAST(`moment`.`day` AS DATETIME), DAY) AS `metric_time__day`,
    NULL AS `amount`,
    SUM(`buys`.`amount`) AS `amount__1`
  FROM `buys` AS `buys`
  JOIN `days` AS `moment`
    ON DATETIME_ADD(CAST(`moment`.`day` AS DATETIME), INTERVAL -1 WEEK) = DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY)
  GROUP BY
    1
) AS `combined`
GROUP BY
  1
