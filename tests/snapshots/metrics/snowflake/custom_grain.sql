-- Compute amount.
--   Aggregate amount (sum of amount) by metric_time__third.
--     Look up metric_time__third in the time spine days.
--       Read buys from buys: amount, day.
--       Read days from days: day, third.
SELECT
  "buys__day__third"."THIRD" AS "metric_time__third",
  SUM("buys"."AMOUNT") AS "amount"
FROM "BUYS" AS "buys"
LEFT JOIN "DAYS" AS "buys__day__third"
  ON DATE_TRUNC('DAY', "buys"."DAY") = "buys__day__third"."DAY"
GROUP BY
  1
