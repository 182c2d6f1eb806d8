"""What rules reported has one order, whatever order it came in."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from unit.policy.policy_examples import NOW, bundle_of, product_draft, reporting, view

from catalog.policy.bundle import Bundle
from catalog.policy.decision import Enforcement, EnforcementPoint, Verdict, Violation
from catalog.policy.judgement import Judgement, judgement_of
from catalog.policy.reported import Reported, reported
from catalog.policy.waiver import Waiver

EARLY = Violation("ORG-TST-001", "/contracts/0", {"column": "id"})
OTHER = Violation("ORG-TST-001", "/contracts/0", {"column": "name"})
BELOW = Violation("ORG-TST-001", "/contracts/0/columns/1")
LATER = Violation("ORG-TST-002", "/asset")


def test_violations_come_by_rule_path_and_arguments_each_once() -> None:
    for mixed in permutations([LATER, OTHER, BELOW, EARLY, Violation(*_plain(EARLY))]):
        found = reported(mixed)
        assert [_plain(one) for one in found] == [_plain(one) for one in (EARLY, OTHER, BELOW, LATER)]
    assert found.rules == {"ORG-TST-001", "ORG-TST-002"}


def test_what_is_in_order_stays_what_it_is() -> None:
    found = reported([LATER, EARLY])
    assert reported(found) is found
    assert found == (EARLY, LATER)


def test_it_is_judged_once_for_the_same_rules_and_point_and_anew_for_all_others() -> None:
    found, bundle = reported([Violation("ORG-TST-001", "/asset")]), bundle_of(reporting())
    [rule] = bundle.rules
    lenient = replace(rule, enforcement=dict.fromkeys(EnforcementPoint, Enforcement.WARN))
    first = _judged(found, bundle)
    assert first.verdict is Verdict.DENY
    assert _judged(found, bundle) is first
    assert _judged(found, replace(bundle, rules=(lenient,))).verdict is Verdict.ALLOW
    key, ends = str(product_draft().key), NOW + timedelta(days=1)
    waiver = Waiver("W-1", rule.id, key, "Later.", "T-1", "grace", "ingrid", NOW, ends)
    assert _judged(found, bundle.beside([waiver])).verdict is Verdict.ALLOW
    assert _judged(found, bundle) == first
    softer = replace(rule, enforcement=rule.enforcement | {EnforcementPoint.AUDIT: Enforcement.WARN})
    apart = replace(bundle, rules=(softer,))
    verdicts = [_judged(found, apart, point).verdict for point in ("publish", "audit", "publish", "audit")]
    assert verdicts == [Verdict.DENY, Verdict.ALLOW] * 2


def _judged(found: Reported, bundle: Bundle, point: str = "publish") -> Judgement:
    one = view(product_draft()) | {"point": point}
    return judgement_of(one, found, bundle=bundle, now=NOW, published_at=None)


def _plain(one: Violation) -> tuple[str, str, object]:
    return one.id, one.path, one.args
