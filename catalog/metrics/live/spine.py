"""Is a time spine what it promises: one row for each moment of its grain, without gaps?"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from catalog.domain.dataset import Dataset
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import TimeGranularity, TimeSpine
from catalog.domain.sql_engine import SqlEngine
from catalog.metrics.expression import declared
from catalog.metrics.live.measured import measured
from catalog.metrics.live.probe import RELATION
from catalog.metrics.live.type_fit import is_time
from catalog.metrics.lookup import similar


def judged_spine(spine: TimeSpine, dataset: Dataset, engine: SqlEngine, ends: float) -> Iterator[Finding]:
    """All findings, at the spine's place; raises what the engine raises. `ends` is a time of `time.monotonic`.

    Rows without a moment do not count. Moments of nanoseconds are not looked at: no engine cuts times to them.
    """
    data = replace(dataset, name=RELATION)
    types = {one.name.lower(): one.type for one in engine.describe(data)}
    named = (spine.column, *(one.column for one in spine.custom_granularities))
    yield from (_missing(spine, name, types) for name in dict.fromkeys(named) if name.lower() not in types)
    type_name = types.get(spine.column.lower(), "")
    if type_name and not is_time(type_name):
        yield FindingCode.METRIC_TYPE_MISMATCH.at(
            spine.place,
            f"{spine.column} of {spine.name} is {type_name} in the data; a time spine needs a date or timestamp.",
            remedy="Name another column.",
        )
    elif type_name and spine.granularity is not TimeGranularity.NANOSECOND:
        sql = _statement(spine).sql("duckdb")
        yield from _broken(spine, measured(sql, data, engine, max(ends - time.monotonic(), 0.001)).row)


def _statement(spine: TimeSpine) -> exp.Select:
    """One row: how many moments there are, repeat, begin no period, and lack between the first and the last."""
    moment, unit = declared(spine.column), exp.Var(this=spine.granularity.value.upper())
    cut = exp.TimestampTrunc(this=moment, unit=unit)
    uneven = exp.NEQ(this=cut, expression=moment.copy())
    periods = exp.Count(this=exp.Distinct(expressions=[cut.copy()]))
    first, last = exp.Min(this=moment.copy()), exp.Max(this=moment.copy())
    span = exp.DateDiff(this=last, expression=first, unit=unit.copy())
    distinct = exp.Count(this=exp.Distinct(expressions=[moment.copy()]))
    repeats = exp.Sub(this=exp.Count(this=moment.copy()), expression=distinct)
    lacking = exp.Sub(this=exp.Add(this=span, expression=exp.Literal.number(1)), expression=periods)
    chosen = {"moments": exp.Count(this=moment.copy()), "repeats": repeats, "lacking": lacking}
    select = exp.Select(expressions=[tree.as_(name) for name, tree in chosen.items()])
    odd = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=uneven))
    return select.select(odd.as_("uneven")).from_(exp.to_identifier(RELATION, quoted=True))


def _broken(spine: TimeSpine, row: Mapping[str, int]) -> Iterator[Finding]:
    if times := row["repeats"]:
        yield FindingCode.METRIC_KEY_REPEATED.at(
            spine.place,
            f"The time spine {spine.name} repeats a moment in {times:,} of {row['moments']:,} rows: what counts at it "
            "would count twice.",
            remedy="Keep one row for each moment.",
        )
    if times := row["uneven"]:
        yield FindingCode.TIME_SPINE_INCOMPLETE.at(
            spine.place,
            f"{times:,} moments of the time spine {spine.name} begin no {spine.granularity}.",
            remedy="Cut the moments to the grain, or declare the grain that they have.",
        )
    if times := row["lacking"] or 0:
        yield FindingCode.TIME_SPINE_INCOMPLETE.at(
            spine.place,
            f"The time spine {spine.name} lacks {times:,} moments between its first and its last {spine.granularity}: "
            "values over time would have no row there.",
            remedy="Add a row for each moment.",
        )


def _missing(spine: TimeSpine, lost: str, types: Mapping[str, str]) -> Finding:
    return FindingCode.METRIC_COLUMN_MISSING.at(
        spine.place,
        f"The time spine {spine.name} reads the column {lost}, which the data has not.",
        remedy=f"{similar(lost.lower(), types)}Name a column of {spine.relation}.",
    )
