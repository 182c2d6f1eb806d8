-- Compute two_days.
--   Aggregate two_days (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the last 2 days.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('DAY', "moment"."day") AS "metric_time__day",
  SUM("buys"."amount") AS "two_days"
FROM "buys" AS "buys"
JOIN "days" AS "moment"
  ON DATE_TRUNC('DAY', "buys"."day") <= "moment"."day"
  AND DATE_TRUNC('DAY', "buys"."day") > "moment"."day" - INTERVAL '2' DAY
GROUP BY
  1
