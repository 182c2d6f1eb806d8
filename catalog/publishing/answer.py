"""Findings and instants as plain JSON values and back: the form in which answers are remembered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.domain.finding import Finding, Level, Place


def findings_to_plain(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Each finding with its place."""
    return [
        {
            "code": one.code,
            "message": one.message,
            "remedy": one.remedy,
            "level": str(one.level),
            "place": [one.place.file, one.place.line, one.place.column, one.place.field],
        }
        for one in findings
    ]


def findings_from_plain(values: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings that `findings_to_plain` wrote."""
    return tuple(
        Finding(one["code"], one["message"], one["remedy"], Level(one["level"]), Place(*one["place"]))
        for one in values
    )
