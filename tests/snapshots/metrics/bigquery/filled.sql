-- Compute filled = COALESCE("filled", 0).
--   Keep every metric_time__day of the time spine.
--     Aggregate filled (sum of amount) by metric_time__day.
--       Read buys from buys: amount, day.
--     Read days from days: day.
SELECT
  `buys`.`metric_time__day` AS `metric_time__day`,
  COALESCE(`buys`.`filled`, 0) AS `filled`
FROM (
  SELECT
    `moments`.`metric_time__day` AS `metric_time__day`,
    `found`.`filled` AS `filled`
  FROM (
    SELECT
      DATETIME_TRUNC(CAST(`moment`.`day` AS DATETIME), DAY) AS `metric_time__day`
    FROM `days` AS `moment`
    GROUP BY
      1
  ) AS `moments`
  LEFT JOIN (
    SELECT
      DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY) AS `metric_time__day`,
      SUM(`buys`.`amount`) AS `filled`
    FROM `buys` AS `buys`
    GROUP BY
      1
  ) AS `found`
    ON `moments`.`metric_time__day` = `found`.`metric_time__day`
) AS `buys`
