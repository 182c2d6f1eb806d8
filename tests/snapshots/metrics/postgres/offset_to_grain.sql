-- Compute at_start = "visit_count".
--   Aggregate visit_count (count of visit_count) by metric_time__day.
--     Join the time spine days: at each moment the rows at the start of the month.
--       Read visits from visits: day, visit_id.
--       Read days from days: day.
SELECT
  DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP)) AS "metric_time__day",
  COUNT("visits"."visit_id") AS "at_start"
FROM "visits" AS "visits"
JOIN "days" AS "moment"
  ON DATE_TRUNC('month', CAST("moment"."day" AS TIMESTAMP)) = DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP))
GROUP BY
  1
