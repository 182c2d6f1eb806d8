-- Compute .
--   Keep each value once by visit__source, metric_time__day.
--     Join the time spine days: at each moment every moment.
--       Read visits from visits: source.
--       Read days from days: day.
SELECT
  `visits`.`source` AS `visit__source`,
  CAST(DATE_TRUNC('DAY', `moment`.`day`) AS TIMESTAMP) AS `metric_time__day`
FROM `visits` AS `visits`
JOIN `days` AS `moment`
  ON TRUE
GROUP BY
  1,
  2
