-- Compute cash.
--   Aggregate cash (sum of paid_amount) by metric_time__extract_dow, order__paid_at__hour.
--     Read orders from shop.orders: amount, paid_at.
SELECT
  (
    (
      MOD(EXTRACT(DAYOFWEEK FROM CAST(`orders`.`paid_at` AS DATETIME)) + 5, 7)
    ) + 1
  ) AS `metric_time__extract_dow`,
  DATETIME_TRUNC(CAST(`orders`.`paid_at` AS DATETIME), HOUR) AS `order__paid_at__hour`,
  SUM(`orders`.`amount`) AS `cash`
FROM `shop`.`orders` AS `orders`
GROUP BY
  1,
  2
