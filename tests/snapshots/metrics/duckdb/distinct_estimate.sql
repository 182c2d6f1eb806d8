-- Compute about_buyers; about_paid_buyers; revenue.
--   Combine orders, orders by order__is_large, keeping every group.
--     Aggregate about_buyers (count_distinct of about_buyers); about_paid_buyers (count_distinct of about_buyers) by order__is_large.
--       Estimate about_buyers, about_paid_buyers from the registers of orders: different values are not counted.
--         Aggregate about_buyers (max of about_buyers); about_paid_buyers (max of about_buyers where order__status = 'paid') by order__is_large, register__of_values.
--           Read orders from shop.orders: amount, customer_id, status.
--     Aggregate revenue (sum of amount) by order__is_large.
--       Read orders from shop.orders: amount.
SELECT
  COALESCE("orders"."order__is_large", "orders__1"."order__is_large") AS "order__is_large",
  "orders"."about_buyers" AS "about_buyers",
  "orders"."about_paid_buyers" AS "about_paid_buyers",
  "orders__1"."revenue" AS "revenue"
FROM (
  SELECT
    "orders__registers"."order__is_large" AS "order__is_large",
    CAST(FLOOR(
      CASE
        WHEN (
          4096 - COUNT(NULLIF("orders__registers"."about_buyers", 0))
        ) > 554
        THEN 4096 * LN(4096 / NULLIF(4096 - COUNT(NULLIF("orders__registers"."about_buyers", 0)), 0))
        ELSE 12102203.161561485 / NULLIF(
          (
            4096 - COUNT(NULLIF("orders__registers"."about_buyers", 0))
          ) * (
            1 + (
              (
                4096 - COUNT(NULLIF("orders__registers"."about_buyers", 0))
              ) / 4096
            ) + 2 * POWER(
              (
                (
                  4096 - COUNT(NULLIF("orders__registers"."about_buyers", 0))
                ) / 4096
              ),
              3
            )
          ) + SUM(2048 / NULLIF("orders__registers"."about_buyers", 0)),
          0
        )
      END + 0.5
    ) AS BIGINT) AS "about_buyers",
    CASE
      WHEN NOT MAX("orders__registers"."about_paid_buyers") IS NULL
      THEN CAST(FLOOR(
        CASE
          WHEN (
            4096 - COUNT(NULLIF("orders__registers"."about_paid_buyers", 0))
          ) > 554
          THEN 4096 * LN(
            4096 / NULLIF(4096 - COUNT(NULLIF("orders__registers"."about_paid_buyers", 0)), 0)
          )
          ELSE 12102203.161561485 / NULLIF(
            (
              4096 - COUNT(NULLIF("orders__registers"."about_paid_buyers", 0))
            ) * (
              1 + (
                (
                  4096 - COUNT(NULLIF("orders__registers"."about_paid_buyers", 0))
                ) / 4096
              ) + 2 * POWER(
                (
                  (
                    4096 - COUNT(NULLIF("orders__registers"."about_paid_buyers", 0))
                  ) / 4096
                ),
                3
              )
            ) + SUM(2048 / NULLIF("orders__registers"."about_paid_buyers", 0)),
            0
          )
        END + 0.5
      ) AS BIGINT)
    END AS "about_paid_buyers"
  FROM (
    SELECT
      "orders"."amount" >= 100 AS "order__is_large",
      CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) % 4096 AS "register__of_values",
      MAX(
        CASE
          WHEN "orders"."customer_id" IS NULL
          THEN 0
          ELSE (
            CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) - CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) % 4096 + 4096
          ) & -(
            CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) - CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) % 4096 + 4096
          )
        END
      ) AS "about_buyers",
      MAX(
        CASE
          WHEN "orders"."customer_id" IS NULL
          THEN 0
          ELSE (
            CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) - CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) % 4096 + 4096
          ) & -(
            CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) - CAST(HASH("orders"."customer_id") >> 12 AS BIGINT) % 4096 + 4096
          )
        END
      ) FILTER(WHERE
        "orders"."status" = 'paid') AS "about_paid_buyers"
    FROM "shop"."orders" AS "orders"
    GROUP BY
      1,
      2
  ) AS "orders__registers"
  GROUP BY
    1
) AS "orders"
FULL OUTER JOIN (
  SELECT
    "orders"."amount" >= 100 AS "order__is_large",
    SUM("orders"."amount") AS "revenue"
  FROM "shop"."orders" AS "orders"
  GROUP BY
    1
) AS "orders__1"
  ON "orders"."order__is_large" IS NOT DISTINCT FROM "orders__1"."order__is_large"
