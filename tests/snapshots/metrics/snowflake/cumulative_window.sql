-- Compute two_days.
--   Aggregate two_days (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the last 2 days.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('DAY', "moment"."DAY") AS "metric_time__day",
  SUM("buys"."AMOUNT") AS "two_days"
FROM "BUYS" AS "buys"
JOIN "DAYS" AS "moment"
  ON DATE_TRUNC('DAY', "buys"."DAY") <= "moment"."DAY"
  AND DATE_TRUNC('DAY', "buys"."DAY") > DATEADD(DAY, -2, "moment"."DAY")
GROUP BY
  1
