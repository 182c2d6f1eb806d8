-- Compute at_start = "visit_count".
--   Aggregate visit_count (count of visit_count) by metric_time__day.
--     Join the time spine days: at each moment the rows at the start of the month.
--       Read visits from visits: day, visit_id.
--       Read days from days: day.
SELECT
  DATE_TRUNC('DAY', "moment"."DAY") AS "metric_time__day",
  COUNT("visits"."VISIT_ID") AS "at_start"
FROM "VISITS" AS "visits"
JOIN "DAYS" AS "moment"
  ON DATE_TRUNC('MONTH', "moment"."DAY") = DATE_TRUNC('DAY', "visits"."DAY")
GROUP BY
  1
