"""What the tests of a bundle leave to be wished: the same at the folder's check and at the store's validation."""

from collections.abc import Iterator, Sequence

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.ports import RegoTestResult, RuleCoverage


def test_findings(results: Sequence[RegoTestResult], reached: Sequence[RuleCoverage]) -> tuple[Finding, ...]:
    """Every test that does not hold, then each rule with a line that no test reaches (PORT-006)."""
    return (*_failed(results), *_silent(reached))


def _failed(results: Sequence[RegoTestResult]) -> Iterator[Finding]:
    for one in results:
        if not one.passed:
            message = f"{one.name} {one.reason or 'does not hold'}."
            yield FindingCode.POLICY_TEST_FAILED.at(one.place, message, remedy="Mend the rule, or the test.")


def _silent(reached: Sequence[RuleCoverage]) -> Iterator[Finding]:
    """The test that is reported, or the one that is not, is missing."""
    for one in reached:
        for line in one.uncovered[:1]:
            message = f"PORT-006: no test of {one.path} comes to line {line}."
            remedy = "Write a case that is reported and one that is not for every body of the rule."
            yield FindingCode.POLICY_RULE_UNTESTED.at(Place(one.path, line, 1), message, remedy=remedy)
