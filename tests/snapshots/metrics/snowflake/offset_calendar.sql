-- Compute third_before = "amount".
--   Aggregate amount (sum of amount) by metric_time__day.
--     Join the time spine days: at each moment the rows of the custom periods before: 1 third.
--       Read buys from buys: amount, day.
--       Move days by 1 third.
--         Read days from days: day, third.
SELECT
  DATE_TRUNC('DAY', "moment"."DAY") AS "metric_time__day",
  SUM("buys"."AMOUNT") AS "third_before"
FROM "BUYS" AS "buys"
JOIN (
  SELECT
    "late"."DAY" AS "DAY",
    "early"."DAY" AS "moment_earlier"
  FROM (
    SELECT
      "DAY" AS "DAY",
      "position" AS "position",
      DENSE_RANK() OVER (ORDER BY "start") AS "period_number"
    FROM (
      SELECT
        "moment"."DAY" AS "DAY",
        MIN("moment"."DAY") OVER (PARTITION BY "moment"."THIRD") AS "start",
        ROW_NUMBER() OVER (PARTITION BY "moment"."THIRD" ORDER BY "moment"."DAY") AS "position"
      FROM "DAYS" AS "moment"
    ) AS "starts"
  ) AS "late"
  INNER JOIN (
    SELECT
      "DAY" AS "DAY",
      "position" AS "position",
      DENSE_RANK() OVER (ORDER BY "start") AS "period_number"
    FROM (
      SELECT
        "moment"."DAY" AS "DAY",
        MIN("moment"."DAY") OVER (PARTITION BY "moment"."THIRD") AS "start",
        ROW_NUMBER() OVER (PARTITION BY "moment"."THIRD" ORDER BY "moment"."DAY") AS "position"
      FROM "DAYS" AS "moment"
    ) AS "starts"
  ) AS "early"
    ON "early"."period_number" = "late"."period_number" - 1
    AND "late"."position" = "early"."position"
) AS "moment"
  ON "moment"."moment_earlier" = DATE_TRUNC('DAY', "buys"."DAY")
GROUP BY
  1
