-- Compute week_before = "amount" - "amount__1".
--   Combine buys, buys by metric_time__day, keeping every group.
--     Aggregate amount (sum of amount) by metric_time__day.
--       Read buys from buys: amount, day.
--     Aggregate amount__1 (sum of amount) by metric_time__day.
--       Join the time spine days: at each moment the rows of 1 week before.
--         Read buys from buys: amount, day.
--         Read days from days: day.
SELECT
  COALESCE(`buys`.`metric_time__day`, `buys__1`.`metric_time__day`) AS `metric_time__day`,
  `buys`.`amount` - `buys__1`.`amount__1` AS `week_before`
FROM (
  SELECT
    CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP) AS `metric_time__day`,
    SUM(`buys`.`amount`) AS `amount`
  FROM `buys` AS `buys`
  GROUP BY
    1
) AS `buys`
FULL OUTER JOIN (
  SELECT
    CAST(DATE_TRUNC('DAY', `moment`.`day`) AS TIMESTAMP) AS `metric_time__day`,
    SUM(`buys`.`amount`) AS `amount__1`
  FROM `buys` AS `buys`
  JOIN `days` AS `moment`
    ON TIMESTAMPADD(WEEK, -1, CAST(`moment`.`day` AS TIMESTAMP)) = CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP)
  GROUP BY
    1
) AS `buys__1`
  ON `buys`.`metric_time__day` <=> `buys__1`.`metric_time__day`
