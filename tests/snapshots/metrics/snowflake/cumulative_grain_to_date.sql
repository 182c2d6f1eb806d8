-- Compute month_to_date.
--   Aggregate month_to_date (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows since the start of the month.
--       Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('DAY', "moment"."DAY") AS "metric_time__day",
  SUM("buys"."AMOUNT") AS "month_to_date"
FROM "BUYS" AS "buys"
JOIN "DAYS" AS "moment"
  ON DATE_TRUNC('DAY', "buys"."DAY") <= "moment"."DAY"
  AND DATE_TRUNC('DAY', "buys"."DAY") >= DATE_TRUNC('MONTH', "moment"."DAY")
GROUP BY
  1
