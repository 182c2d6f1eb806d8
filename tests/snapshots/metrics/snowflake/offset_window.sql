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
    DATE_TRUNC('DAY', "buys"."DAY") AS "metric_time__day",
    SUM("buys"."AMOUNT") AS "amount",
    NULL AS "amount__1"
  FROM "BUYS" AS "buys"
  GROUP BY
    1
  UNION ALL
  SELECT
    DATE_TRUNC('DAY', "moment"."DAY") AS "metric_time__day",
    NULL AS "amount",
    SUM("buys"."AMOUNT") AS "amount__1"
  FROM "BUYS" AS "buys"
  JOIN "DAYS" AS "moment"
    ON DATEADD(WEEK, -1, "moment"."DAY") = DATE_TRUNC('DAY', "buys"."DAY")
  GROUP BY
    1
) AS "combined"
GROUP BY
  1
