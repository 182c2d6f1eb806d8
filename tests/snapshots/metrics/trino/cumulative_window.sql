-- Compute two_days.
--   Aggregate two_days (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the last 2 days.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP(6))) AS "metric_time__day",
  SUM("buys"."amount") AS "two_days"
FROM "buys" AS "buys"
JOIN "days" AS "moment"
  ON DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP(6))) <= "moment"."day"
  AND DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP(6))) > DATE_ADD('day', -2, CAST("moment"."day" AS TIMESTAMP(6)))
GROUP BY
  1
