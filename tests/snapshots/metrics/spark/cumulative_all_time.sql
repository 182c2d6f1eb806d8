-- Compute all_time.
--   Aggregate all_time (sum of amount) by metric_time__day.
--     Keep rows where metric_time__day from 2026-01-02 00:00:00 to 2026-01-05 00:00:00.
--       Join the time spine days: at each moment all rows so far.
--         Read buys from buys: amount, day.
--         Read days from days: day.
SELECT
  CAST(DATE_TRUNC('DAY', `moment`.`day`) AS TIMESTAMP) AS `metric_time__day`,
  SUM(`buys`.`amount`) AS `all_time`
FROM `buys` AS `buys`
JOIN `days` AS `moment`
  ON CAST(DATE_TRUNC('DAY', `buys`.`day`) AS TIMESTAMP) <= `moment`.`day`
WHERE
  (
    `moment`.`day` >= CAST('2026-01-02 00:00:00' AS TIMESTAMP)
    AND `moment`.`day` < CAST('2026-01-06 00:00:00' AS TIMESTAMP)
  )
GROUP BY
  1
