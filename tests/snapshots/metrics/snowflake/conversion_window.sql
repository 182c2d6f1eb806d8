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
        DATE_TRUNC('MONTH', "visits"."DAY") AS "metric_time__month",
        "conversion"."value_0" AS "value_0",
        ROW_NUMBER() OVER (
          PARTITION BY "conversion"."number"
          ORDER BY DATE_TRUNC('DAY', "visits"."DAY") DESC NULLS LAST, DATE_TRUNC('MONTH', "visits"."DAY")
        ) AS "nearest"
      FROM "VISITS" AS "visits"
      INNER JOIN (
        SELECT
          ROW_NUMBER() OVER (ORDER BY NULL NULLS FIRST) AS "number",
          DATE_TRUNC('DAY', "buys"."DAY") AS "key_0",
          "buys"."VISITOR" AS "key_1",
          "buys"."BUY_ID" AS "value_0"
        FROM "BUYS" AS "buys"
      ) AS "conversion"
        ON "visits"."VISITOR" = "conversion"."key_1"
        AND DATE_TRUNC('DAY', "visits"."DAY") <= "conversion"."key_0"
        AND DATE_TRUNC('DAY', "visits"."DAY") > DATEADD(DAY, -2, "conversion"."key_0")
    ) AS "converted"
    WHERE
      "nearest" = 1
    GROUP BY
      1
    UNION ALL
    SELECT
      DATE_TRUNC('MONTH', "visits"."DAY") AS "metric_time__month",
      NULL AS "within_two_days",
      COUNT("visits"."VISIT_ID") AS "within_two_days__1"
    FROM "VISITS" AS "visits"
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
      DATE_TRUNC('MONTH', "visits"."DAY") AS "metric_time__month",
      "conversion"."value_0" AS "value_0",
      ROW_NUMBER() OVER (
        PARTITION BY "conversion"."number"
        ORDER BY DATE_TRUNC('DAY', "visits"."DAY") DESC NULLS LAST, DATE_TRUNC('MONTH', "visits"."DAY")
      ) AS "nearest"
    FROM "VISITS" AS "visits"
    INNER JOIN (
      SELECT
        ROW_NUMBER() OVER (ORDER BY NULL NULLS FIRST) AS "number",
        DATE_TRUNC('DAY', "buys"."DAY") AS "key_0",
        "buys"."VISITOR" AS "key_1",
        "buys"."SESSION" AS "key_2",
        "buys"."BUY_ID" AS "value_0"
      FROM "BUYS" AS "buys"
    ) AS "conversion"
      ON "visits"."VISITOR" = "conversion"."key_1"
      AND "visits"."SESSION" = "conversion"."key_2"
      AND DATE_TRUNC('DAY', "visits"."DAY") <= "conversion"."key_0"
  ) AS "converted"
  WHERE
    "nearest" = 1
  GROUP BY
    1
) AS "combined"
GROUP BY
  1
