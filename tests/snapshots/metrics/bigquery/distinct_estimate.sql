-- Compute about_buyers; about_paid_buyers; revenue.
--   Combine orders, orders by order__is_large, keeping every group.
--     Aggregate about_buyers (count_distinct of about_buyers); about_paid_buyers (count_distinct of about_buyers) by order__is_large.
--       Estimate about_buyers, about_paid_buyers from the registers of orders: different values are not counted.
--         Aggregate about_buyers (max of about_buyers); about_paid_buyers (max of about_buyers where order__status = 'paid') by order__is_large, register__of_values.
--           Read orders from shop.orders: amount, customer_id, status.
--     Aggregate revenue (sum of amount) by order__is_large.
--       Read orders from shop.orders: amount.
SELECT
  `order__is_large` AS `order__is_large`,
  MAX(`about_buyers`) AS `about_buyers`,
  MAX(`about_paid_buyers`) AS `about_paid_buyers`,
  MAX(`revenue`) AS `revenue`
FROM (
  SELECT
    `orders__registers`.`order__is_large` AS `order__is_large`,
    CAST(FLOOR(
      CASE
        WHEN (
          4096 - COUNT(NULLIF(`orders__registers`.`about_buyers`, 0))
        ) > 554
        THEN 4096 * LN(
          CAST(4096 AS FLOAT64) / NULLIF(4096 - COUNT(NULLIF(`orders__registers`.`about_buyers`, 0)), 0)
        )
        ELSE CAST(12102203.161561485 AS FLOAT64) / NULLIF(
          (
            4096 - COUNT(NULLIF(`orders__registers`.`about_buyers`, 0))
          ) * (
            1 + (
              CAST((
                4096 - COUNT(NULLIF(`orders__registers`.`about_buyers`, 0))
              ) AS FLOAT64) / 4096
            ) + 2 * POWER(
              (
                CAST((
                  4096 - COUNT(NULLIF(`orders__registers`.`about_buyers`, 0))
                ) AS FLOAT64) / 4096
              ),
              3
            )
          ) + SUM(CAST(2048 AS FLOAT64) / NULLIF(`orders__registers`.`about_buyers`, 0)),
          0
        )
      END + 0.5
    ) AS INT64) AS `about_buyers`,
    CASE
      WHEN NOT MAX(`orders__registers`.`about_paid_buyers`) IS NULL
      THEN CAST(FLOOR(
        CASE
          WHEN (
            4096 - COUNT(NULLIF(`orders__registers`.`about_paid_buyers`, 0))
          ) > 554
          THEN 4096 * LN(
            CAST(4096 AS FLOAT64) / NULLIF(4096 - COUNT(NULLIF(`orders__registers`.`about_paid_buyers`, 0)), 0)
          )
          ELSE CAST(12102203.161561485 AS FLOAT64) / NULLIF(
            (
              4096 - COUNT(NULLIF(`orders__registers`.`about_paid_buyers`, 0))
            ) * (
              1 + (
                CAST((
                  4096 - COUNT(NULLIF(`orders__registers`.`about_paid_buyers`, 0))
                ) AS FLOAT64) / 4096
              ) + 2 * POWER(
                (
                  CAST((
                    4096 - COUNT(NULLIF(`orders__registers`.`about_paid_buyers`, 0))
                  ) AS FLOAT64) / 4096
                ),
                3
              )
            ) + SUM(CAST(2048 AS FLOAT64) / NULLIF(`orders__registers`.`about_paid_buyers`, 0)),
            0
          )
        END + 0.5
      ) AS INT64)
    END AS `about_paid_buyers`,
    NULL AS `revenue`
  FROM (
    SELECT
      `orders`.`amount` >= 100 AS `order__is_large`,
      MOD(
        (
          FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
        ),
        4096
      ) AS `register__of_values`,
      MAX(
        CASE
          WHEN `orders`.`customer_id` IS NULL
          THEN 0
          ELSE (
            (
              FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
            ) - MOD(
              (
                FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
              ),
              4096
            ) + 4096
          ) & -(
            (
              FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
            ) - MOD(
              (
                FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
              ),
              4096
            ) + 4096
          )
        END
      ) AS `about_buyers`,
      MAX(
        CASE
          WHEN `orders`.`status` = 'paid'
          THEN CASE
            WHEN `orders`.`customer_id` IS NULL
            THEN 0
            ELSE (
              (
                FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
              ) - MOD(
                (
                  FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
                ),
                4096
              ) + 4096
            ) & -(
              (
                FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
              ) - MOD(
                (
                  FARM_FINGERPRINT(CAST(`orders`.`customer_id` AS STRING)) & 4503599627370495
                ),
                4096
              ) + 4096
            )
          END
        END
      ) AS `about_paid_buyers`
    FROM `shop`.`orders` AS `orders`
    GROUP BY
      1,
      2
  ) AS `orders__registers`
  GROUP BY
    1
  UNION ALL
  SELECT
    `orders`.`amount` >= 100 AS `order__is_large`,
    NULL AS `about_buyers`,
    NULL AS `about_paid_buyers`,
    SUM(`orders`.`amount`) AS `revenue`
  FROM `shop`.`orders` AS `orders`
  GROUP BY
    1
) AS `combined`
GROUP BY
  1
