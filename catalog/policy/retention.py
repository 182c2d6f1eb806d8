"""How long data is kept, as people write it, in days."""

import re
from typing import Final

UNKNOWN: Final = -1
_ISO: Final = re.compile(r"p(?P<number>\d{1,6})(?P<unit>[dwmy])\Z")
_PLAIN: Final = re.compile(r"(?P<number>\d{1,6})\s*(?P<unit>[a-z]+)\Z")
_DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}
_UNITS: Final = {
    name: letter
    for letter, names in {
        "d": ("d", "day", "days"),
        "w": ("w", "week", "weeks"),
        "m": ("m", "mo", "month", "months"),
        "y": ("y", "yr", "year", "years"),
    }.items()
    for name in names
}


def days_of(retention: str) -> int:
    """`7y`, `90 days`, `P6M` as days, with months of 30 and years of 365; -1 for what is no length of time."""
    told = retention.strip().lower()
    found = _ISO.match(told) or _PLAIN.match(told)
    unit = _UNITS.get(found["unit"], "") if found else ""
    return int(found["number"]) * _DAYS[unit] if found and unit else UNKNOWN
