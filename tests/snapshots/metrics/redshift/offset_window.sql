-- Compute week_before = "amount" - "amount__1".
--   Combine buys, buys by metric_time__day, keeping every group.
--     Aggregate amount (sum of amount) by metric_time__day.
--       Read buys from buys: amount, day.
--     Aggregate amount__1 (sum of amount) by metric_time__day.
--       Join the time spine days: at each moment the rows of 1 week before.
--         Read buys from buys: amount, day.
--         Read days from days: day.
SELECT
  "metric_time__day" AS "metric_time__day",
  MAX("amount") - MAX("amount__1") AS "week_before"
FROM (
  SELECT
    DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) AS "metric_time__day",
    SUM("buys"."amount") AS "amount",
    NULL AS "amount__1"
  FROM "buys" AS "buys"
  GROUP BY
    1
  UNION ALL
  SELECT
    DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP)) AS "metric_time__day",
    NULL AS "amount",
    SUM("buys"."amount") AS "amount__1"
  FROM "buys" AS "buys"
  JOIN "days" AS "moment"
    ON DATEADD(WEEK, -1, "moment"."day") = DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP))
  GROUP BY
    1
) AS "combined"
GROUP BY
  1
