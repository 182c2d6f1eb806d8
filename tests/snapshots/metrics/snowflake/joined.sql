-- Order by revenue descending and keep 10 rows.
--   Compute revenue.
--     Aggregate revenue (sum of amount) by customer__country, customer__region__region_name.
--       Keep rows where customer__country IN ('de', 'fr').
--         Join customers by customer: at most one row each, rows without one stay.
--           Read orders from shop.orders: amount, customer_id.
--           Join regions by region: at most one row each, rows without one stay.
--             Read customers from shop.customers: country, id, region_id.
--             Read regions from shop.regions: name, region_id.
SELECT
  "customer__customers"."COUNTRY" AS "customer__country",
  "customer__region__regions"."NAME" AS "customer__region__region_name",
  SUM("orders"."AMOUNT") AS "revenue"
FROM "SHOP"."ORDERS" AS "orders"
LEFT JOIN (
  "SHOP"."CUSTOMERS" AS "customer__customers"
    LEFT JOIN "SHOP"."REGIONS" AS "customer__region__regions"
      ON "customer__customers"."REGION_ID" = "customer__region__regions"."REGION_ID"
)
  ON "orders"."CUSTOMER_ID" = "customer__customers"."ID"
WHERE
  "customer__customers"."COUNTRY" IN ('de', 'fr')
GROUP BY
  1,
  2
ORDER BY
  "revenue" DESC NULLS LAST
LIMIT 10
