"""Times with a zone count on the wall clock of the session's zone, on the days of the change of clocks too.

An hour that the clock repeats is two hours, also where clocks change by half an hour or stand at three quarters.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from metrics_shop import SHOP
from postgresql_tables import connected

from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import Dimension, TimeGranularity
from catalog.metrics.compile import compile_query
from catalog.metrics.query import MetricQuery


def _by_minute(one: Dimension) -> Dimension:
    return replace(one, granularity=TimeGranularity.MINUTE) if one.name == "ordered_at" else one


ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"]  # fmt: skip
CHANGES = [datetime(2026, 3, 8, 7), datetime(2026, 11, 1, 6), datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2026, 4, 4, 15), datetime(1969, 12, 31, 23)]  # noqa: DTZ001  # fmt: skip
INSTANTS = [
    (at + timedelta(minutes=37 * step)).replace(tzinfo=UTC) for at in CHANGES for step in range(-60, 60)
]
MADE = "CREATE TABLE shop.orders (amount INTEGER, ordered_at TIMESTAMP WITH TIME ZONE)"
FILLED = "INSERT INTO shop.orders VALUES " + ", ".join(
    f"({2 ** (number % 20)}, '{at.isoformat()}')" for number, at in enumerate(INSTANTS)
)
BETWEEN = ("2026-03-08", "2026-11-01")
# The same shop, with orders known to the minute.
BY_MINUTE = SemanticManifest(
    tuple(replace(one, dimensions=tuple(map(_by_minute, one.dimensions))) for one in SHOP.semantic_models),
    SHOP.metrics,
)


def queries(dialect: str) -> dict[str, str]:
    """Revenue by period, each with and without a constraint: days as text, what is shorter as seconds since 1970."""
    made = {}
    for grain in ("day", "month", "hour", "minute"):
        for between in (None, BETWEEN):
            name = f"metric_time__{grain}"
            query = MetricQuery(("revenue",), (name,), time_constraint=between)
            inner = compile_query(BY_MINUTE, query, dialect=dialect).sql
            moment = (
                f'"{name}"' if grain in {"day", "month"} else f'CAST(EXTRACT(EPOCH FROM "{name}") AS BIGINT)'
            )
            made[f"{grain} {between}"] = f"SELECT CAST({moment} AS TEXT), revenue FROM ({inner}) AS answer"
    return made


def by_hand(zone: str) -> dict[str, dict[str, int]]:
    """The same, one instant at a time."""
    found: dict[str, Counter[str]] = {
        f"{grain} {between}": Counter()
        for grain in ("day", "month", "hour", "minute")
        for between in (None, BETWEEN)
    }
    for number, at in enumerate(INSTANTS):
        local = at.astimezone(ZoneInfo(zone))
        for grain, start in (("day", local.date()), ("month", local.date().replace(day=1))):
            for between in (None, BETWEEN):
                first, last = (
                    f"{one[:7]}-01" if grain == "month" else one
                    for one in between or ("0001-01-01", "9999-12-31")
                )
                if first <= str(start) <= last:
                    found[f"{grain} {between}"][str(start)] += 2 ** (number % 20)
        for grain, since in (("hour", timedelta(minutes=local.minute)), ("minute", timedelta())):
            for between in (None, BETWEEN):
                if between is None or _within(at, zone, grain):
                    found[f"{grain} {between}"][str(int((at - since).timestamp()))] += 2 ** (number % 20)
    return {name: dict(count) for name, count in found.items()}


def _within(at: datetime, zone: str, grain: str) -> bool:
    """From the first to the last period of the constraint; an hour that the clock repeats begins when it does again."""
    first, last = (datetime.fromisoformat(one) for one in BETWEEN)
    end = last + timedelta(hours=1) if grain == "hour" else last + timedelta(minutes=1)
    lower, upper = (one.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC) for one in (first, end))
    return lower <= at < upper


@pytest.mark.parametrize("zone", ZONES)
def test_duckdb_counts_on_the_wall_clock_of_its_session(zone: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute(MADE)
        connection.execute(FILLED)
        connection.execute(f"SET TimeZone = '{zone}'")
        found = {
            name: {day[:10]: int(sum_) for day, sum_ in connection.execute(sql).fetchall()}
            for name, sql in queries("duckdb").items()
        }
    assert found == by_hand(zone)


@pytest.mark.postgresql
@pytest.mark.parametrize("zone", ZONES)
def test_postgresql_counts_on_the_wall_clock_of_its_session(zone: str, postgresql_url: str) -> None:
    with connected(postgresql_url) as server:
        for statement in ("CREATE SCHEMA shop", MADE, FILLED, f"SET LOCAL TIME ZONE '{zone}'"):
            server.execute_unnamed(statement)
        found = {
            name: {day[:10]: int(sum_) for day, sum_ in server.execute_unnamed(sql).rows or []}
            for name, sql in queries("postgres").items()
        }
    assert found == by_hand(zone)
