"""Grace: a new rule warns for a while about what was there before it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.federation import rules_for
from catalog.policy.recall import Recall

_RECALL: Final[Recall[tuple[dict[str, Rule], tuple[Rule, ...]]]] = Recall()
# Stands for a first publication of which nothing is known, as in CI without a file of the store: grace holds.
NOT_KNOWN: Final = datetime.min.replace(tzinfo=UTC)
_WARN: Final = {Enforcement.DENY: Enforcement.WARN}


def in_grace(rule: Rule, point: EnforcementPoint, now: datetime, published_at: datetime | None) -> Rule:
    """The rule as it holds now for an asset that was first published at `published_at`.

    Before the UTC day `grace_until`, `deny` is `warn` for an asset that was first published before the UTC
    day `since`, at every point alike. Otherwise the rule is as it was. None is an asset that never was published;
    where that cannot be known it is `NOT_KNOWN`, and the gate has the last word.
    """
    if rule.grace_until is None or rule.since is None or now.astimezone(UTC).date() >= rule.grace_until:
        return rule
    older = published_at is not None and published_at.astimezone(UTC).date() < rule.since
    if not older or rule.enforcement[point] is not Enforcement.DENY:
        return rule
    softened = {at: _WARN.get(value, value) for at, value in rule.enforcement.items()}
    return replace(rule, enforcement=softened, warned_until=rule.grace_until)


def rules_now(
    bundle: Bundle, view: Mapping[str, Any], now: datetime, published_at: datetime | None
) -> Mapping[str, Rule]:
    """The rules that judge the view's asset, by id, each as it holds now."""
    domain, kind = view["domain"], view["kind"]
    things = bundle.rules, bundle.tightenings
    rules, graced = _RECALL.of(things, (domain, kind), lambda: _by_id(bundle, domain, kind))
    if not graced:
        return rules
    point = EnforcementPoint(view["point"])
    return rules | {one.id: in_grace(one, point, now, published_at) for one in graced}


def _by_id(bundle: Bundle, domain: str, kind: str) -> tuple[dict[str, Rule], tuple[Rule, ...]]:
    """All, and those among them that have a grace."""
    rules = rules_for(bundle, domain, kind)
    return {one.id: one for one in rules}, tuple(one for one in rules if one.grace_until)
