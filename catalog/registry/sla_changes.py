"""Service levels that loosen break a promise, those that tighten extend it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from catalog.domain.data_contract import SlaProperty
from catalog.registry.compatibility import Change, ChangeKind

# +1: a larger value promises more; -1: a smaller value promises more.
_DIRECTION: Final = {
    "availability": 1, "endoflife": 1, "endofsupport": 1, "retention": 1, "throughput": 1,
    "errorrate": -1, "frequency": -1, "generalavailability": -1, "latency": -1, "timetodetect": -1,
    "timetonotify": -1, "timetorepair": -1,
}  # fmt: skip
_SECONDS: Final = {
    "s": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0,
    "d": 86400.0, "day": 86400.0, "w": 604800.0, "week": 604800.0, "month": 2629746.0, "y": 31556952.0,
    "year": 31556952.0,
}  # fmt: skip


def sla_changes(old: Sequence[SlaProperty], new: Sequence[SlaProperty], path: str) -> Iterator[Change]:
    """Every change; a value that cannot be compared counts as loosened."""
    before = {_name(one): one for one in old}
    after = {_name(one): one for one in new}
    for name, level in before.items():
        if name not in after:
            yield Change(ChangeKind.BREAKING, f"{path}/{name}", f"{name} is no longer promised")
        else:
            yield from _change(level, after[name], f"{path}/{name}")
    for name in after:
        if name not in before:
            yield Change(ChangeKind.ADDITION, f"{path}/{name}", f"{name} is now promised")


def _change(old: SlaProperty, new: SlaProperty, path: str) -> Iterator[Change]:
    if (old.value, old.unit) == (new.value, new.unit):
        return
    words = f"{_name(old)} goes from {_words(old)} to {_words(new)}"
    before, after = _measure(old), _measure(new)
    direction = _DIRECTION.get(old.property.lower().replace("_", ""))
    if before is None or after is None or direction is None or before[1] != after[1]:
        yield Change(ChangeKind.BREAKING, path, f"{words}, which cannot be compared")
    elif (after[0] - before[0]) * direction < 0:
        yield Change(ChangeKind.BREAKING, path, f"{words}, which promises less")
    elif after[0] != before[0]:
        yield Change(ChangeKind.ADDITION, path, f"{words}, which promises more")


def _name(level: SlaProperty) -> str:
    return f"{level.property}@{level.element}" if level.element else level.property


def _words(level: SlaProperty) -> str:
    return f"{level.value} {level.unit}".strip()


def _measure(level: SlaProperty) -> tuple[float, str] | None:
    """A number with its dimension: seconds for spans of time, days for dates, else the declared unit."""
    number = _number(level.value)
    if number is None:
        return _day(level.value)
    # `M` may mean months and `m` minutes: nothing is guessed from a capital letter.
    unit = level.unit.strip() if level.unit.strip() == "M" else level.unit.strip().lower()
    seconds = _SECONDS.get(unit) or _SECONDS.get(unit.removesuffix("s"))
    return (number * seconds, "time") if seconds else (number, unit)


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(str(value).strip().removesuffix("%"))
    except ValueError:
        return None


def _day(value: Any) -> tuple[float, str] | None:
    try:
        return float(date.fromisoformat(str(value)[:10]).toordinal()), "date"
    except ValueError:
        return None
