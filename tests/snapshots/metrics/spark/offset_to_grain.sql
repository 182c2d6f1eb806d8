-- Compute at_start = "visit_count".
--   Aggregate visit_count (count of visit_count) by metric_time__day.
--     Join the time spine days: at each moment the rows at the start of the month.
--       Read visits from visits: day, visit_id.
--       Read days from days: day.
SELECT
  CAST(DATE_TRUNC('DAY', `moment`.`day`) AS TIMESTAMP) AS `metric_time__day`,
  COUNT(`visits`.`visit_id`) AS `at_start`
FROM `visits` AS `visits`
JOIN `days` AS `moment`
  ON CAST(DATE_TRUNC('MONTH', `moment`.`day`) AS TIMESTAMP) = CAST(DATE_TRUNC('DAY', `visits`.`day`) AS TIMESTAMP)
GROUP BY
  1
