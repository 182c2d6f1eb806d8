-- Take the least and the greatest visit__source.
--   Compute .
--     Keep each value once by visit__source.
--       Read visits from visits: source.
SELECT
  MIN("visit__source") AS "visit__source__min",
  MAX("visit__source") AS "visit__source__max"
FROM (
  SELECT
    "visits"."source" AS "visit__source"
  FROM "visits" AS "visits"
  GROUP BY
    1
) AS "values"
