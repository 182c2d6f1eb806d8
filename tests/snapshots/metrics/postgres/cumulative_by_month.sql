-- Compute last_all_time; mean_all_time.
--   Combine buys, buys by metric_time__month, keeping every group.
--     Take the last value of each group over moment__of_period.
--       Aggregate last_all_time (sum of amount) by metric_time__month, moment__of_period.
--         Join the time spine days: at each moment all rows so far.
--           Take the groups of buys as parts: fewer of them than rows meet each moment.
--             Aggregate last_all_time (sum of amount) by moment__of_rows.
--               Read buys from buys: amount, day.
--           Read days from days: day.
--     Take the average value of each group over moment__of_period.
--       Aggregate mean_all_time (sum of amount) by metric_time__month, moment__of_period.
--         Join the time spine days: at each moment all rows so far.
--           Take the groups of buys as parts: fewer of them than rows meet each moment.
--             Aggregate mean_all_time (sum of amount) by moment__of_rows.
--               Read buys from buys: amount, day.
--           Read days from days: day.
SELECT
  "metric_time__month" AS "metric_time__month",
  MAX("last_all_time") AS "last_all_time",
  MAX("mean_all_time") AS "mean_all_time"
FROM (
  SELECT
    "metric_time__month" AS "metric_time__month",
    "last_all_time" AS "last_all_time",
    NULL AS "mean_all_time"
  FROM (
    SELECT
      "metric_time__month" AS "metric_time__month",
      "last_all_time" AS "last_all_time",
      ROW_NUMBER() OVER (PARTITION BY "metric_time__month" ORDER BY "moment__of_period" DESC NULLS LAST) AS "position"
    FROM (
      SELECT
        DATE_TRUNC('month', CAST("moment"."day" AS TIMESTAMP)) AS "metric_time__month",
        DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP)) AS "moment__of_period",
        SUM("buys__parts"."last_all_time") AS "last_all_time"
      FROM (
        SELECT
          DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) AS "moment__of_rows",
          SUM("buys"."amount") AS "last_all_time"
        FROM "buys" AS "buys"
        GROUP BY
          1
      ) AS "buys__parts"
      JOIN "days" AS "moment"
        ON "buys__parts"."moment__of_rows" <= "moment"."day"
      GROUP BY
        1,
        2
    ) AS "moments"
  ) AS "numbered"
  WHERE
    "position" = 1
  UNION ALL
  SELECT
    "metric_time__month" AS "metric_time__month",
    NULL AS "last_all_time",
    AVG("mean_all_time") AS "mean_all_time"
  FROM (
    SELECT
      DATE_TRUNC('month', CAST("moment"."day" AS TIMESTAMP)) AS "metric_time__month",
      DATE_TRUNC('day', CAST("moment"."day" AS TIMESTAMP)) AS "moment__of_period",
      SUM("buys__parts"."mean_all_time") AS "mean_all_time"
    FROM (
      SELECT
        DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP)) AS "moment__of_rows",
        SUM("buys"."amount") AS "mean_all_time"
      FROM "buys" AS "buys"
      GROUP BY
        1
    ) AS "buys__parts"
    JOIN "days" AS "moment"
      ON "buys__parts"."moment__of_rows" <= "moment"."day"
    GROUP BY
      1,
      2
  ) AS "moments"
  GROUP BY
    1
) AS "combined"
GROUP BY
  1
