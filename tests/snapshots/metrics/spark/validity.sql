-- Compute amount.
--   Aggregate amount (sum of amount) by visitor__tier.
--     Join tiers by visitor and the time at which it was valid: at most one row each, rows without one stay.
--       Read buys from buys: amount, day, visitor.
--       Read tiers from tiers: since, tier, until, visitor.
SELECT
  `visitor__tiers`.`tier` AS `visitor__tier`,
  SUM(`buys`.`amount`) AS `amount`
FROM `buys` AS `buys`
LEFT JOIN `tiers` AS `visitor__tiers`
  ON `buys`.`visitor` = `visitor__tiers`.`visitor`
  AND `buys`.`day` >= `visitor__tiers`.`since`
  AND (
    `buys`.`day` < `visitor__tiers`.`until` OR `visitor__tiers`.`until` IS NULL
  )
GROUP BY
  1
