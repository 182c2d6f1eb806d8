"""From findings to the exit code: a refusal is not the same as an engine that gave no verdict."""

from collections.abc import Iterable

from catalog.domain.finding import Finding, blocking
from catalog.domain.finding_code import FindingCode

OK, REFUSED, ERROR = 0, 1, 2
_NO_VERDICT = {
    code.name
    for code in (FindingCode.POLICY_NOT_DECIDED, FindingCode.POLICY_UNAVAILABLE, FindingCode.POLICY_UNDEFINED)
}


def exit_code(findings: Iterable[Finding], *, passes: bool) -> int:
    """0 when it passes, 2 when the policy engine gave no verdict, else 1."""
    if passes:
        return OK
    return REFUSED if _NO_VERDICT.isdisjoint(one.code for one in blocking(findings)) else ERROR
