"""How a query names what it groups by: `listing__country`, `metric_time__month`, `order__created_at`."""

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from catalog.domain.semantic_model import TimeGranularity

METRIC_TIME: Final = "metric_time"
SEPARATOR: Final = "__"
_ELEMENT: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_EXTRACT: Final = "extract_"


class DatePart(StrEnum):
    """A part of a date as a number; `dow` counts from Monday, 1 to 7."""

    DAY = "day"
    DOW = "dow"
    DOY = "doy"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Reference:
    """An element, reached over entities, at a grain or as a part of the date.

    `custom` is a grain that a time spine declares; `metric` asks for that metric's value for the element.

    `str()` is the name of its output column and the text that `parse` reads.
    """

    element: str
    path: tuple[str, ...] = ()
    grain: TimeGranularity | None = None
    date_part: DatePart | None = None
    custom: str = ""
    metric: str = ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read `entity__element[__grain]` in any case; None where the text is no such name."""
        parts = text.strip().lower().split(SEPARATOR)
        grain, date_part = _suffix(parts[-1]) if len(parts) > 1 else (None, None)
        if grain or date_part:
            parts.pop()
        if len(text) > 512 or not all(_ELEMENT.match(part) for part in parts):
            return None
        return cls(parts[-1], tuple(parts[:-1]), grain, date_part)

    def __str__(self) -> str:
        """The output column's name."""
        suffix = f"{_EXTRACT}{self.date_part}" if self.date_part else self.grain or self.custom or self.metric
        return SEPARATOR.join((*self.path, self.element, *([suffix] if suffix else [])))

    @property
    def is_metric_time(self) -> bool:
        """Whether each metric's own time is meant."""
        return self.element == METRIC_TIME and not self.path

    @property
    def plain(self) -> "Reference":
        """The element alone, without grain or part."""
        return Reference(self.element, self.path)

    def with_custom(self, grains: Container[str]) -> "Reference":
        """The same where the last word is a declared custom grain: read as a grain, not as an element."""
        if self.grain or self.date_part or not self.path or self.element not in grains:
            return self
        return Reference(self.path[-1], self.path[:-1], custom=self.element)

    def at(self, grain: TimeGranularity) -> "Reference":
        """The same element at this grain."""
        return replace(self, grain=grain)


def _suffix(part: str) -> tuple[TimeGranularity | None, DatePart | None]:
    if part in _GRAINS:
        return TimeGranularity(part), None
    if part.startswith(_EXTRACT) and part.removeprefix(_EXTRACT) in _DATE_PARTS:
        return None, DatePart(part.removeprefix(_EXTRACT))
    return None, None


_GRAINS: Final = frozenset(TimeGranularity)
_DATE_PARTS: Final = frozenset(DatePart)
