"""The rule that a waiver is for, as it holds for the asset."""

from typing import Final

from catalog.domain.errors import UsageError
from catalog.domain.identity import AssetKey
from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import EnforcementPoint
from catalog.policy.federation import rules_for
from catalog.publishing.ports import Gate
from catalog.registry.ports import UnitOfWork

_POINTS: Final = (EnforcementPoint.PUBLISH, EnforcementPoint.AUDIT, EnforcementPoint.REGISTER)


def judging_rule(rule_id: str, asset: AssetKey, gate: Gate, unit: UnitOfWork) -> tuple[Rule, Bundle]:
    """The rule with its bundle, of the first point that has it; raises `UsageError` where no point judges by it."""
    placements = unit.policies.placements()
    for point in _POINTS:
        bundle = gate.policies.at(point, placements).bundle
        for rule in rules_for(bundle, asset.domain, asset.kind):
            if rule.id == rule_id:
                return rule, bundle
    raise UsageError(
        f"No rule {rule_id} judges {asset}.", remedy="name the rule as the finding does, as ORG-PRV-002"
    )
