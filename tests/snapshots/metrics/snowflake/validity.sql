-- Compute amount.
--   Aggregate amount (sum of amount) by visitor__tier.
--     Join tiers by visitor and the time at which it was valid: at most one row each, rows without one stay.
--       Read buys from buys: amount, day, visitor.
--       Read tiers from tiers: since, tier, until, visitor.
SELECT
  "visitor__tiers"."TIER" AS "visitor__tier",
  SUM("buys"."AMOUNT") AS "amount"
FROM "BUYS" AS "buys"
LEFT JOIN "TIERS" AS "visitor__tiers"
  ON "buys"."VISITOR" = "visitor__tiers"."VISITOR"
  AND "buys"."DAY" >= "visitor__tiers"."SINCE"
  AND (
    "buys"."DAY" < "visitor__tiers"."UNTIL" OR "visitor__tiers"."UNTIL" IS NULL
  )
GROUP BY
  1
