"""The report as workflow commands of GitHub Actions, which become annotations of a change."""

from typing import Final

from catalog.domain.finding import Finding, Level
from catalog.policy.report.model import Report

_COMMANDS: Final = {
    Level.ERROR: "error",
    Level.FUTURE_ERROR: "warning",
    Level.WARNING: "warning",
    Level.INFO: "notice",
}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def github(report: Report) -> str:
    """One line for each finding; nothing that an author wrote can begin a command of its own."""
    return "".join(f"{_command(report, one)}\n" for _, one in report.all())


def _command(report: Report, one: Finding) -> str:
    properties = {
        "file": report.file(one.place),
        "line": str(one.place.line or ""),
        "col": str(one.place.column or ""),
        "title": one.code,
    }
    told = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items() if value)
    message = f"{one.message} {one.remedy}".translate(_DATA)
    return f"::{_COMMANDS[one.level]} {told}::{message}"
