"""Reports for CI: one value in, one text out, in the forms that other tools read."""

from collections.abc import Callable, Mapping
from typing import Final

from catalog.policy.report.github import github
from catalog.policy.report.json_report import json_report
from catalog.policy.report.junit import junit
from catalog.policy.report.model import JudgedAsset, Report
from catalog.policy.report.policy_report import policy_report
from catalog.policy.report.sarif import sarif
from catalog.policy.report.text import text

__all__ = ["FORMS", "JudgedAsset", "Report"]

FORMS: Final[Mapping[str, Callable[[Report], str]]] = {
    "github": github,
    "json": json_report,
    "junit": junit,
    "policyreport": policy_report,
    "sarif": sarif,
    "text": text,
}
