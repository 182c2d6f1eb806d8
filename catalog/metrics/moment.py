"""Points in time that queries name, and the periods of a grain around them.

Times are wall-clock times without zone, as the data's timestamps are; what a zone does to them is a setting
of the engine's session and not promised here.
"""

from datetime import datetime, timedelta
from typing import Final

from catalog.domain.semantic_model import TimeGranularity as Grain

LENGTHS: Final = {
    Grain.NANOSECOND: timedelta(microseconds=1),
    Grain.MICROSECOND: timedelta(microseconds=1),
    Grain.MILLISECOND: timedelta(milliseconds=1),
    Grain.SECOND: timedelta(seconds=1),
    Grain.MINUTE: timedelta(minutes=1),
    Grain.HOUR: timedelta(hours=1),
    Grain.DAY: timedelta(days=1),
    Grain.WEEK: timedelta(weeks=1),
}
_A_MONDAY: Final = datetime.fromisoformat("0001-01-01")
EARLIEST: Final = datetime.fromisoformat("0002-01-01")
LATEST: Final = datetime.fromisoformat("9990-12-31")
MONTHS: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def parse_moment(text: str) -> datetime | None:
    """An ISO date or date and time without zone, years 2 to 9990; None for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is None and 2 <= moment.year <= 9990 else None


def floor(moment: datetime, grain: Grain) -> datetime:
    """The start of the period that holds the moment; weeks start on Monday."""
    if months := MONTHS.get(grain):
        first = (moment.month - 1) // months * months + 1
        return moment.replace(month=first, day=1, hour=0, minute=0, second=0, microsecond=0)
    return moment - (moment - _A_MONDAY) % LENGTHS[grain]


def following(start: datetime, grain: Grain) -> datetime:
    """The start of the period after the one that starts here."""
    if months := MONTHS.get(grain):
        years, month = divmod(start.month - 1 + months, 12)
        return start.replace(year=start.year + years, month=month + 1)
    return start + LENGTHS[grain]


def ceiling(moment: datetime, grain: Grain) -> datetime:
    """The first start of a period that is not before the moment."""
    start = floor(moment, grain)
    return start if start == moment else following(start, grain)
