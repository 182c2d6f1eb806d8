-- Compute third_before = "amount".
--   Aggregate amount (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the custom periods before: 1 third.
--       Read buys from buys: amount, day.
--       Move days by 1 third.
--         Read days from days: day, third.
SELECT
  DATETIME_TRUNC(CAST(`moment`.`day` AS DATETIME), DAY) AS `metric_time__day`,
  SUM(`buys`.`amount`) AS `third_before`
FROM `buys` AS `buys`
JOIN (
  SELECT
    `late`.`day` AS `day`,
    `early`.`day` AS `moment_earlier`
  FROM (
    SELECT
      `day` AS `day`,
      `position` AS `position`,
      DENSE_RANK() OVER (ORDER BY `start` NULLS LAST) AS `period_number`
    FROM (
      SELECT
        `moment`.`day` AS `day`,
        MIN(`moment`.`day`) OVER (PARTITION BY `moment`.`third`) AS `start`,
        ROW_NUMBER() OVER (PARTITION BY `moment`.`third` ORDER BY `moment`.`day` NULLS LAST) AS `position`
      FROM `days` AS `moment`
    ) AS `starts`
  ) AS `late`
  INNER JOIN (
    SELECT
      `day` AS `day`,
      `position` AS `position`,
      DENSE_RANK() OVER (ORDER BY `start` NULLS LAST) AS `period_number`
    FROM (
      SELECT
        `moment`.`day` AS `day`,
        MIN(`moment`.`day`) OVER (PARTITION BY `moment`.`third`) AS `start`,
        ROW_NUMBER() OVER (PARTITION BY `moment`.`third` ORDER BY `moment`.`day` NULLS LAST) AS `position`
      FROM `days` AS `moment`
    ) AS `starts`
  ) AS `early`
    ON `early`.`period_number` = `late`.`period_number` - 1
    AND `late`.`position` = `early`.`position`
) AS `moment`
  ON `moment`.`moment_earlier` = DATETIME_TRUNC(CAST(`buys`.`day` AS DATETIME), DAY)
GROUP BY
  1
