"""Grace: a new rule warns for a while about what was there before it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from catalog.policy.bundle import Rule
from catalog.policy.decision import Enforcement, EnforcementPoint

_WARN: Final = {Enforcement.DENY: Enforcement.WARN}


def in_grace(rule: Rule, point: EnforcementPoint, now: datetime, published_at: datetime | None) -> Rule:
    """The rule as it holds now for an asset that was first published at `published_at`.

    Before the UTC day `grace_until`, `deny` is `warn` for an asset that was first published before the UTC
    day `since`. At `ci`, where nothing is known of what is published, it is `warn` for every asset; the gate
    has the last word. Otherwise the rule is as it was.
    """
    if rule.grace_until is None or rule.since is None or now.astimezone(UTC).date() >= rule.grace_until:
        return rule
    older = published_at is not None and published_at.astimezone(UTC).date() < rule.since
    if not (older or point is EnforcementPoint.CI) or rule.enforcement[point] is not Enforcement.DENY:
        return rule
    softened = {at: _WARN.get(value, value) for at, value in rule.enforcement.items()}
    return replace(rule, enforcement=softened, warned_until=rule.grace_until)
