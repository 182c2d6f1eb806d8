-- Order by metric_time__month.
--   Compute revenue_per_customer = CAST("revenue" AS DOUBLE) / NULLIF("customer_count", 0); goal.
--     Combine orders, customers, targets by metric_time__month, customer__country, keeping every group.
--       Aggregate revenue (sum of amount) by metric_time__month, customer__country.
--         Join customers by customer: at most one row each, rows without one stay.
--           Keep rows where metric_time__month from 2026-01-01 00:00:00 to 2026-12-01 00:00:00 and metric_time__month >= '2026-01-15'.
--             Read orders from shop.orders: amount, customer_id, ordered_at.
--           Read customers from shop.customers: country, id.
--       Aggregate customer_count (count of customers) by metric_time__month, customer__country.
--         Keep rows where metric_time__month from 2026-01-01 00:00:00 to 2026-12-01 00:00:00 and metric_time__month >= '2026-01-15'.
--           Read customers from shop.customers: country, joined_at.
--       Aggregate goal (sum of target) by metric_time__month, customer__country.
--         Join customers by customer: at most one row each, rows without one stay.
--           Keep rows where metric_time__month from 2026-01-01 00:00:00 to 2026-12-01 00:00:00 and metric_time__month >= '2026-01-15'.
--             Read targets from shop.targets: customer_id, goal, month_start.
--           Read customers from shop.customers: country, id.
SELECT
  "metric_time__month" AS "metric_time__month",
  "customer__country" AS "customer__country",
  CAST(MAX("revenue") AS DOUBLE) / NULLIF(MAX("customer_count"), 0) AS "revenue_per_customer",
  MAX("goal") AS "goal"
FROM (
  SELECT
    "metric_time__month" AS "metric_time__month",
    "customer__country" AS "customer__country",
    MAX("revenue") AS "revenue",
    MAX("customer_count") AS "customer_count",
    NULL AS "goal"
  FROM (
    SELECT
      DATE_TRUNC('MONTH', "orders"."ORDERED_AT") AS "metric_time__month",
      "customer__customers"."COUNTRY" AS "customer__country",
      SUM("orders"."AMOUNT") AS "revenue",
      NULL AS "customer_count"
    FROM "SHOP"."ORDERS" AS "orders"
    LEFT JOIN "SHOP"."CUSTOMERS" AS "customer__customers"
      ON "orders"."CUSTOMER_ID" = "customer__customers"."ID"
    WHERE
      (
        "orders"."ORDERED_AT" >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
        AND "orders"."ORDERED_AT" < CAST('2027-01-01 00:00:00' AS TIMESTAMP)
      )
      AND "orders"."ORDERED_AT" >= CAST('2026-02-01 00:00:00' AS TIMESTAMP)
    GROUP BY
      1,
      2
    UNION ALL
    SELECT
      DATE_TRUNC('MONTH', "customers"."JOINED_AT") AS "metric_time__month",
      "customers"."COUNTRY" AS "customer__country",
      NULL AS "revenue",
      COUNT(1) AS "customer_count"
    FROM "SHOP"."CUSTOMERS" AS "customers"
    WHERE
      (
        "customers"."JOINED_AT" >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
        AND "customers"."JOINED_AT" < CAST('2027-01-01 00:00:00' AS TIMESTAMP)
      )
      AND "customers"."JOINED_AT" >= CAST('2026-02-01 00:00:00' AS TIMESTAMP)
    GROUP BY
      1,
      2
  ) AS "combined"
  GROUP BY
    1,
    2
  UNION ALL
  SELECT
    DATE_TRUNC('MONTH', "targets"."MONTH_START") AS "metric_time__month",
    "customer__customers"."COUNTRY" AS "customer__country",
    NULL AS "revenue",
    NULL AS "customer_count",
    SUM("targets"."GOAL") AS "goal"
  FROM "SHOP"."TARGETS" AS "targets"
  LEFT JOIN "SHOP"."CUSTOMERS" AS "customer__customers"
    ON "targets"."CUSTOMER_ID" = "customer__customers"."ID"
  WHERE
    (
      "targets"."MONTH_START" >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
      AND "targets"."MONTH_START" < CAST('2027-01-01 00:00:00' AS TIMESTAMP)
    )
    AND "targets"."MONTH_START" >= CAST('2026-02-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1,
    2
) AS "combined"
GROUP BY
  1,
  2
ORDER BY
  "metric_time__month" ASC
