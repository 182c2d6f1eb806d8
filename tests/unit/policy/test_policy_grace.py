"""A rule with a grace period warns for a while about what was there before it."""

from datetime import UTC, date, datetime

import pytest
from unit.policy.policy_examples import bundle_of, product_draft, reporting, rule
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.finding import Level
from catalog.policy.decide import decide
from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.policy.grace import NOT_KNOWN, in_grace
from catalog.policy.view import MeshFacts

NEW = rule(since=date(2026, 11, 10), grace_until=date(2027, 1, 31))
OLD_ASSET = datetime(2026, 11, 9, 23, 59, tzinfo=UTC)
NEW_ASSET = datetime(2026, 11, 10, tzinfo=UTC)
LAST_DAY = datetime(2027, 1, 30, 23, 59, 59, tzinfo=UTC)
THE_DAY = datetime(2027, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("point", "now", "published_at", "enforcement"),
    [
        ("publish", LAST_DAY, OLD_ASSET, "warn"),
        ("publish", THE_DAY, OLD_ASSET, "deny"),
        ("publish", LAST_DAY, NEW_ASSET, "deny"),
        ("publish", LAST_DAY, None, "deny"),
        ("audit", LAST_DAY, OLD_ASSET, "warn"),
        ("ci", LAST_DAY, OLD_ASSET, "warn"),
        ("ci", LAST_DAY, None, "deny"),
        ("ci", LAST_DAY, NOT_KNOWN, "warn"),
        ("ci", THE_DAY, NOT_KNOWN, "deny"),
    ],
)
def test_grace_ends_with_its_day_and_is_for_what_was_there_before(
    point: str, now: datetime, published_at: datetime | None, enforcement: str
) -> None:
    at = EnforcementPoint(point)
    assert in_grace(NEW, at, now, published_at).enforcement[at] == enforcement


def test_a_rule_without_grace_denies_at_once() -> None:
    at_once = rule(since=date(2026, 11, 10))
    assert in_grace(at_once, EnforcementPoint.CI, LAST_DAY, OLD_ASSET) is at_once


def test_what_is_only_warned_says_from_when_it_blocks(embedded: EmbeddedRego) -> None:
    bundle = bundle_of(reporting(), since=NEW.since, grace_until=NEW.grace_until)
    for published_at, verdict, level in (
        (OLD_ASSET, Verdict.ALLOW, Level.WARNING),
        (None, Verdict.DENY, Level.ERROR),
    ):
        decision = decide(
            product_draft(),
            EnforcementPoint.PUBLISH,
            bundle=bundle,
            engine=embedded,
            now=LAST_DAY,
            mesh=MeshFacts(),
            published_at=published_at,
            deadline_seconds=PATIENCE,
        )
        [finding] = decision.findings
        assert (decision.verdict, finding.level) == (verdict, level)
        assert ("This blocks from 2027-01-31 on." in finding.message) is (verdict is Verdict.ALLOW)
