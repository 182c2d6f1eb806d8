-- Compute two_days.
--   Aggregate two_days (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the last 2 days.
--       Take the groups of buys as parts: fewer of them than rows meet each moment.
--         Aggregate two_days (sum of amount) by moment__of_rows.
--           Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('DAY', "moment"."DAY") AS "metric_time__day",
  SUM("buys__parts"."two_days") AS "two_days"
FROM (
  SELECT
    DATE_TRUNC('DAY', "buys"."DAY") AS "moment__of_rows",
    SUM("buys"."AMOUNT") AS "two_days"
  FROM "BUYS" AS "buys"
  GROUP BY
    1
) AS "buys__parts"
JOIN "DAYS" AS "moment"
  ON "buys__parts"."moment__of_rows" <= "moment"."DAY"
  AND "buys__parts"."moment__of_rows" > DATEADD(DAY, -2, "moment"."DAY")
GROUP BY
  1
