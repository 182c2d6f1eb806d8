-- Compute month_to_date.
--   Aggregate month_to_date (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows since the start of the month.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('DAY', "moment"."day") AS "metric_time__day",
  SUM("buys"."amount") AS "month_to_date"
FROM "buys" AS "buys"
JOIN "days" AS "moment"
  ON DATE_TRUNC('DAY', "buys"."day") <= "moment"."day"
  AND DATE_TRUNC('DAY', "buys"."day") >= DATE_TRUNC('MONTH', "moment"."day")
GROUP BY
  1
