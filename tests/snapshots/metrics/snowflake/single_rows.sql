-- Compute revenue; goal.
--   Combine orders, targets by their single rows, keeping every group.
--     Aggregate revenue (sum of amount).
--       Read orders from shop.orders: amount.
--     Aggregate goal (sum of target).
--       Read targets from shop.targets: goal.
SELECT
  "orders"."revenue" AS "revenue",
  "targets"."goal" AS "goal"
FROM (
  SELECT
    SUM("orders"."AMOUNT") AS "revenue"
  FROM "SHOP"."ORDERS" AS "orders"
) AS "orders"
CROSS JOIN (
  SELECT
    SUM("targets"."GOAL") AS "goal"
  FROM "SHOP"."TARGETS" AS "targets"
) AS "targets"
