-- Compute within_two_days; same_session.
--   Combine visits, visits, visits by metric_time__month, keeping every group.
--     Count within_two_days (count of visit_count) within 2 days after the last row of visits before it.
--       Read visits from visits: day, visitor.
--       Read buys from buys: buy_id, day, visitor.
--     Aggregate within_two_days__1 (count of visit_count) by metric_time__month.
--       Read visits from visits: day, visit_id.
--     Count same_session (count of visit_count) after the last row of visits before it.
--       Read visits from visits: day, session, visitor.
--       Read buys from buys: buy_id, day, session, visitor.
SELECT
  "metric_time__month" AS "metric_time__month",
  MAX("within_two_days") AS "within_two_days",
  MAX("same_session") AS "same_session"
FROM (
  SELECT
    "metric_time__month" AS "metric_time__month",
    MAX("within_two_days") AS "within_two_days",
    MAX("within_two_days__1") AS "within_two_days__1",
    NULL AS "same_session"
  FROM (
    SELECT
      "metric_time__month" AS "metric_time__month",
      COUNT("value_0") AS "within_two_days",
      NULL AS "within_two_days__1"
    FROM (
      SELECT
        DATE_TRUNC('month', CAST("visits"."day" AS TIMESTAMP(6))) AS "metric_time__month",
        "conversion"."value_0" AS "value_0",
        ROW_NUMBER() OVER (
          PARTITION BY "conversion"."number"
          ORDER BY DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP(6))) DESC, DATE_TRUNC('month', CAST("visits"."day" AS TIMESTAMP(6)))
        ) AS "nearest"
      FROM "visits" AS "visits"
      INNER JOIN (
        SELECT
          ROW_NUMBER() OVER () AS "number",
          DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP(6))) AS "key_0",
          "buys"."visitor" AS "key_1",
          "buys"."buy_id" AS "value_0"
        FROM "buys" AS "buys"
      ) AS "conversion"
        ON "visits"."visitor" = "conversion"."key_1"
        AND DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP(6))) <= "conversion"."key_0"
        AND DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP(6))) > DATE_ADD('day', -2, CAST("conversion"."key_0" AS TIMESTAMP(6)))
    ) AS "converted"
    WHERE
      "nearest" = 1
    GROUP BY
      1
    UNION ALL
    SELECT
      DATE_TRUNC('month', CAST("visits"."day" AS TIMESTAMP(6))) AS "metric_time__month",
      NULL AS "within_two_days",
      COUNT("visits"."visit_id") AS "within_two_days__1"
    FROM "visits" AS "visits"
    GROUP BY
      1
  ) AS "combined"
  GROUP BY
    1
  UNION ALL
  SELECT
    "metric_time__month" AS "metric_time__month",
    NULL AS "within_two_days",
    NULL AS "within_two_days__1",
    COUNT("value_0") AS "same_session"
  FROM (
    SELECT
      DATE_TRUNC('month', CAST("visits"."day" AS TIMESTAMP(6))) AS "metric_time__month",
      "conversion"."value_0" AS "value_0",
      ROW_NUMBER() OVER (
        PARTITION BY "conversion"."number"
        ORDER BY DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP(6))) DESC, DATE_TRUNC('month', CAST("visits"."day" AS TIMESTAMP(6)))
      ) AS "nearest"
    FROM "visits" AS "visits"
    INNER JOIN (
      SELECT
        ROW_NUMBER() OVER () AS "number",
        DATE_TRUNC('day', CAST("buys"."day" AS TIMESTAMP(6))) AS "key_0",
        "buys"."visitor" AS "key_1",
        "buys"."session" AS "key_2",
        "buys"."buy_id" AS "value_0"
      FROM "buys" AS "buys"
    ) AS "conversion"
      ON "visits"."visitor" = "conversion"."key_1"
      AND "visits"."session" = "conversion"."key_2"
      AND DATE_TRUNC('day', CAST("visits"."day" AS TIMESTAMP(6))) <= "conversion"."key_0"
  ) AS "converted"
  WHERE
    "nearest" = 1
  GROUP BY
    1
) AS "combined"
GROUP BY
  1
