"""The report as JUnit XML: one suite for each asset, one case for each rule that judges it."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from catalog.domain.finding import Finding
from catalog.policy.decision import Verdict
from catalog.policy.report.model import JudgedAsset, Report, title_of

# What XML 1.0 cannot hold, even escaped.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Errors fail a case, a decision that did not come about is an error, warnings are its output."""
    suites = [_suite("documents", list(_cases(report, report.findings, ())))]
    suites += [_suite(str(one.key), list(_asset_cases(report, one))) for one in report.assets]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>", ""])


def _asset_cases(report: Report, asset: JudgedAsset) -> Iterator[str]:
    broken = asset.decision.verdict is Verdict.ERROR
    rules = tuple(rule.id for rule in report.rules_of(asset))
    yield from _cases(report, asset.findings, rules, fault="error" if broken else "failure")


def _cases(
    report: Report, findings: Iterable[Finding], rules: Iterable[str], *, fault: str = "failure"
) -> Iterator[str]:
    found: dict[str, list[Finding]] = {rule: [] for rule in rules}
    for one in findings:
        found.setdefault(one.code, []).append(one)
    for code, ones in found.items():
        inner = "".join(_outcome(report, one, fault) for one in ones)
        name, title = _attribute(code), _attribute(title_of(code, report.bundle))
        yield f"    <testcase name={name} classname={title}>{inner}</testcase>"


def _outcome(report: Report, one: Finding, fault: str) -> str:
    place = str(one.place).replace(one.place.file, report.file(one.place), 1) if one.place.file else ""
    told = escape(_plain(f"{place}\n{one.remedy}".strip()))
    message = _attribute(one.message)
    if one.blocks:
        return f"<{fault} message={message}>{told}</{fault}>"
    return f"<system-out>{one.level.value}: {escape(_plain(one.message))}\n{told}</system-out>"


def _suite(name: str, cases: list[str]) -> str:
    failures = sum("<failure " in case for case in cases)
    errors = sum("<error " in case for case in cases)
    head = (
        f'  <testsuite name={_attribute(name)} tests="{len(cases)}" failures="{failures}" errors="{errors}">'
    )
    return "\n".join([head, *cases, "  </testsuite>"])


def _attribute(value: str) -> str:
    return quoteattr(_plain(value))


def _plain(value: str) -> str:
    return _FORBIDDEN.sub("\ufffd", value)
