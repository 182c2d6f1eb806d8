"""Who is judged by which rule, and how strictly: a domain adds and tightens, it never removes or loosens."""

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Final

from catalog.domain.finding import Level
from catalog.domain.identity import lineage
from catalog.policy.bundle import Bundle, Rule, Tightening
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.recall import Recall

GRAVITY: Final = (Level.INFO, Level.WARNING, Level.ERROR)
_RECALL: Final[Recall[tuple[Rule, ...]]] = Recall()


def rules_for(bundle: Bundle, domain: str, kind: str) -> tuple[Rule, ...]:
    """The organisation's rules for this kind, then the domain's own; each as strict as the domain asks.

    A domain within another has the other's rules and tightenings too. The organisation's value is the floor:
    whatever a tightening says, nothing comes out below it.
    """
    things = bundle.rules, bundle.tightenings
    return _RECALL.of(things, (domain, kind), lambda: _rules_for(bundle, domain, kind))


def _rules_for(bundle: Bundle, domain: str, kind: str) -> tuple[Rule, ...]:
    around = lineage(domain)
    asked = [one for one in bundle.tightenings if one.domain in around]
    return tuple(
        reduce(tightened, (one for one in asked if one.rule_id == rule.id), rule)
        for rule in bundle.rules
        if kind in rule.kinds
        and rule.domain in {"", *around}
        and (not rule.domains or not set(around).isdisjoint(rule.domains))
    )


def tightened(rule: Rule, tightening: Tightening) -> Rule:
    """The rule with the stricter of both values at every point."""
    enforcement = {
        point: _stricter(value, tightening.enforcement.get(point, value))
        for point, value in rule.enforcement.items()
    }
    severity = max(rule.severity, tightening.severity, key=GRAVITY.index)
    return replace(rule, enforcement=enforcement, severity=severity)


def loosened_points(
    rule: Rule, asked: Mapping[EnforcementPoint, Enforcement]
) -> tuple[EnforcementPoint, ...]:
    """Where `asked` lies below the rule's own enforcement."""
    return tuple(point for point, value in asked.items() if value.rank < rule.enforcement[point].rank)


def _stricter(one: Enforcement, other: Enforcement) -> Enforcement:
    return max(one, other, key=lambda value: value.rank)
