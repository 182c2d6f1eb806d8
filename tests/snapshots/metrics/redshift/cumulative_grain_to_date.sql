-- Compute month_to_date.
--   Aggregate month_to_date (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows since the start of the month.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP)) AS "metric_time__day",
  SUM("buys"."amount") AS "month_to_date"
FROM "buys" AS "buys"
JOIN "days" AS "moment"
  ON DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) <= "moment"."day"
  AND DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) >= DATE_TRUNC('month', CAST("moment"."day" AS TIMESTAMP))
GROUP BY
  1
