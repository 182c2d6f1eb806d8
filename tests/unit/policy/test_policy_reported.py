"""What rules reported has one order, whatever order it came in."""

from itertools import permutations

from catalog.policy.decision import Violation
from catalog.policy.reported import reported

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


def _plain(one: Violation) -> tuple[str, str, object]:
    return one.id, one.path, one.args
