-- Compute month_to_date.
--   Aggregate month_to_date (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows since the start of the month.
--       Take the groups of buys as parts: fewer of them than rows meet each moment.
--         Aggregate month_to_date (sum of amount) by moment__of_rows.
--           Read buys from buys: amount, day.
--       Read days from days: day.
SELECT
  DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP)) AS "metric_time__day",
  SUM("buys__parts"."month_to_date") AS "month_to_date"
FROM (
  SELECT
    DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) AS "moment__of_rows",
    SUM("buys"."amount") AS "month_to_date"
  FROM "buys" AS "buys"
  GROUP BY
    1
) AS "buys__parts"
JOIN "days" AS "moment"
  ON "buys__parts"."moment__of_rows" <= "moment"."day"
  AND "buys__parts"."moment__of_rows" >= DATE_TRUNC('month', CAST("moment"."day" AS TIMESTAMP))
GROUP BY
  1
