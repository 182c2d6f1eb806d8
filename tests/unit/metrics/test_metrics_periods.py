"""Moments, their periods, and comparisons that are written on the time itself."""

# ruff: noqa: DTZ001 (the times of the data have no zone)
from datetime import datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.moment import ceiling, floor, following, parse_moment
from catalog.metrics.period import compared, within

MOMENTS = st.datetimes(datetime(1999, 12, 20), datetime(2030, 1, 5))
GRAINS = st.sampled_from([one for one in TimeGranularity if one is not TimeGranularity.NANOSECOND])
COMPARISONS = {exp.EQ: "=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}


@given(MOMENTS, GRAINS)
def test_a_period_starts_at_or_before_its_moment_and_ends_after_it(
    moment: datetime, grain: TimeGranularity
) -> None:
    start = floor(moment, grain)
    assert start <= moment < following(start, grain)
    assert floor(start, grain) == start == ceiling(start, grain)
    assert floor(following(start, grain), grain) == following(start, grain)


@given(MOMENTS, GRAINS)
def test_periods_are_those_of_the_engine(moment: datetime, grain: TimeGranularity) -> None:
    answer = duckdb.execute("SELECT date_trunc(?, ?::TIMESTAMP)", [grain.value, moment]).fetchone()
    assert answer == (floor(moment, grain),)


@given(MOMENTS | st.none(), MOMENTS, MOMENTS, GRAINS, st.sampled_from([*COMPARISONS]))
def test_bounds_say_what_the_truncated_comparison_says(
    time: datetime | None, moment: datetime, other: datetime, grain: TimeGranularity, form: type[exp.Expr]
) -> None:
    for at in (moment, floor(moment, grain), floor(time, grain) if time else moment):
        written = compared(form, literal(time), grain, at, literal)
        truncated = exp.TimestampTrunc(this=literal(time), unit=exp.Var(this=grain.value))
        if written is None:
            assert form is exp.EQ
            assert at != floor(at, grain)
        else:
            assert truth(written) == truth(form(this=truncated, expression=literal(at)))
    first, last = sorted((moment, other))
    between = exp.Between(this=truncated, low=literal(first), high=literal(last))
    assert truth(within(literal(time), grain, first, last, literal)) == truth(between)


def literal(moment: datetime | None) -> exp.Expr:
    text = exp.Literal.string(moment.isoformat(sep=" ")) if moment else exp.Null()
    return exp.cast(text, "TIMESTAMP")


def truth(tree: exp.Expr) -> object:
    answer = duckdb.execute(f"SELECT {tree.sql('duckdb')}").fetchone()
    assert answer
    return answer[0]


@pytest.mark.parametrize("text", ["2026-01-31", " 2026-01-31T10:00 ", "2026-01-31 10:00:00.5"])
def test_iso_text_is_a_moment(text: str) -> None:
    assert parse_moment(text) == datetime.fromisoformat(text.strip())


@pytest.mark.parametrize(
    "text", ["", "now", "2026-02-30", "2026-01-01T00:00Z", "0001-01-01", "9999-12-31", "1"]
)
def test_what_is_no_moment_is_not_read(text: str) -> None:
    assert parse_moment(text) is None
