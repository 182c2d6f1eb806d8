-- Compute all_time.
--   Aggregate all_time (sum of amount) by metric_time__day.
--     Keep rows where metric_time__day from 2026-01-02 00:00:00 to 2026-01-05 00:00:00.
--       Join the time spine days: at each moment all rows so far.
--         Take the groups of buys as parts: fewer of them than rows meet each moment.
--           Aggregate all_time (sum of amount) by moment__of_rows.
--             Read buys from buys: amount, day.
--         Read days from days: day.
SELECT
  DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP)) AS "metric_time__day",
  SUM("buys__parts"."all_time") AS "all_time"
FROM (
  SELECT
    DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) AS "moment__of_rows",
    SUM("buys"."amount") AS "all_time"
  FROM "buys" AS "buys"
  GROUP BY
    1
) AS "buys__parts"
JOIN "days" AS "moment"
  ON "buys__parts"."moment__of_rows" <= "moment"."day"
WHERE
  (
    "moment"."day" >= CAST('2026-01-02 00:00:00' AS TIMESTAMP)
    AND "moment"."day" < CAST('2026-01-06 00:00:00' AS TIMESTAMP)
  )
GROUP BY
  1
