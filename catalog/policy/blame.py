"""Which rules kept a view from its decision: those that the engine names, else those that fail alone."""

from collections.abc import Mapping
from typing import Any

from catalog.domain.errors import BundleInvalid, CatalogError, PolicyUnavailable, RuleFailed
from catalog.policy.bundle import Bundle
from catalog.policy.change import only
from catalog.policy.federation import rules_for
from catalog.policy.ports import PolicyEngine
from catalog.policy.projection import shown


def named_in(error: CatalogError, bundle: Bundle) -> frozenset[str]:
    """Ids of the rules that the error itself says failed, or do not compile."""
    modules = (
        {*error.modules} if isinstance(error, RuleFailed) else {one.place.file for one in error.findings}
    )
    return frozenset(rule.id for rule in bundle.rules if rule.path in modules)


def failing_alone(
    view: Mapping[str, Any], bundle: Bundle, engine: PolicyEngine, *, deadline_seconds: float
) -> frozenset[str]:
    """Ids of the rules that get no answer when each is asked by itself, none where the engine answers nothing.

    The deadline holds for each of them.
    """

    def answers(*rules: str) -> bool:
        asked = only(bundle, rules)
        try:
            engine.evaluate(asked, [shown(asked, view)], deadline_seconds=deadline_seconds)
        except (PolicyUnavailable, BundleInvalid):
            return False
        return True

    if not answers():
        return frozenset()
    judging = rules_for(bundle, view["domain"], view["kind"])
    return frozenset(rule.id for rule in judging if not answers(rule.id))
