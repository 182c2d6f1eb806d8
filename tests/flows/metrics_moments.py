"""Events over a calendar, with every kind of metric over time: the manifest, random rows and random queries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from catalog.metrics.read import read_semantic_manifest

Row = dict[str, Any]
Tables = dict[str, list[Row]]

SCHEMA = {
    "days": {"day": "DATE", "fiscal": "VARCHAR"},
    "events": {
        "event_id": "INTEGER", "user_id": "INTEGER", "kind": "VARCHAR", "amount": "BIGINT", "price": "DECIMAL(18, 2)",
        "score": "DOUBLE PRECISION", "day": "DATE", "moment": "TIMESTAMP",
    },
    "users": {"user_id": "INTEGER", "plan": "VARCHAR", "region_id": "INTEGER"},
    "regions": {"region_id": "INTEGER", "zone": "VARCHAR", "area_id": "INTEGER"},
    "areas": {"area_id": "INTEGER", "continent": "VARCHAR"},
    "sales": {"sale_id": "INTEGER", "user_id": "INTEGER", "kind": "VARCHAR", "day": "DATE"},
    "levels": {"user_id": "INTEGER", "level": "VARCHAR", "since": "DATE", "until": "DATE"},
    "balances": {"user_id": "INTEGER", "day": "DATE", "amount": "INTEGER"},
}  # fmt: skip
LENGTH = 45
STARTS = (date(2024, 1, 20), date(1969, 12, 5), date(2026, 12, 10), date(1900, 2, 10))


def _time(name: str, grain: str = "day", **said: Any) -> Row:
    return {"name": name, "type": "time", "type_params": {"time_granularity": grain, **said}}


def _model(
    name: str, key: str, dimensions: list[Row], measures: list[Row], *foreign: str, time: str = "day"
) -> Row:
    entities = [{"name": key, "type": "primary", "expr": f"{key}_id"}]
    entities += [{"name": one, "type": "foreign", "expr": f"{one}_id"} for one in foreign]
    said = {"name": name, "model": name, "entities": entities, "dimensions": dimensions, "measures": measures}
    return {**said, "defaults": {"agg_time_dimension": time}} if measures else said


def _measure(name: str, agg: str, expr: str, **said: Any) -> Row:
    return {"name": name, "agg": agg, "expr": expr, "create_metric": True, **said}


def _metric(name: str, kind: str, **params: Any) -> Row:
    return {"name": name, "type": kind, "type_params": params}


def _cumulative(name: str, **params: Any) -> Row:
    return _metric(name, "cumulative", measure="total", cumulative_type_params=params)


def _offset(name: str, **said: str) -> Row:
    return _metric(name, "derived", expr="before", metrics=[{"name": "total", "alias": "before", **said}])


def _conversion(name: str, **said: Any) -> Row:
    params = {"base_measure": "hits", "conversion_measure": "sold", "entity": "user", **said}
    return _metric(name, "conversion", conversion_type_params=params)


CATEGORY = "categorical"
KIND = {"name": "kind", "type": CATEGORY}
CONTENT = {
    "semantic_models": [
        _model(
            "events", "event", [_time("day"), _time("moment", "second"), KIND],
            [
                _measure("total", "sum", "amount"),
                _measure("cost", "sum", "price"),
                _measure("score", "sum", "score"),
                _measure("worst", "min", "score"),
                _measure("best", "max", "score"),
                _measure("mean_price", "average", "price"),
                _measure("people", "count_distinct", "user_id"),
                _measure("hits", "count", "event_id"),
                _measure("cheap", "sum_boolean", "price < 5"),
                _measure("quarter", "percentile", "price", agg_params={"percentile": 0.25}),
                _measure("most", "percentile", "amount", agg_params={"percentile": 0.9, "use_discrete_percentile": True}),
                _measure("ticks", "count", "event_id", agg_time_dimension="moment"),
            ],
            "user",
        ),
        _model("users", "user", [{"name": "plan", "type": CATEGORY}], [], "region"),
        _model("regions", "region", [{"name": "zone", "type": CATEGORY}], [], "area"),
        _model("areas", "area", [{"name": "continent", "type": CATEGORY}], []),
        _model("sales", "sale", [_time("day"), KIND], [_measure("sold", "count", "sale_id")], "user"),
        {
            "name": "levels", "model": "levels", "primary_entity": "user",
            "entities": [{"name": "user", "type": "natural", "expr": "user_id"}],
            "dimensions": [
                {"name": "level", "type": CATEGORY},
                _time("since", validity_params={"is_start": True}),
                _time("until", validity_params={"is_end": True}),
            ],
        },
        {
            "name": "balances", "model": "balances", "primary_entity": "balance",
            "defaults": {"agg_time_dimension": "day"},
            "entities": [{"name": "user", "type": "foreign", "expr": "user_id"}],
            "dimensions": [_time("day")],
            "measures": [
                _measure("closing", "sum", "amount", non_additive_dimension={"name": "day", "window_choice": "max"}),
                _measure(
                    "opening_each", "sum", "amount",
                    non_additive_dimension={"name": "day", "window_choice": "min", "window_groupings": ["user"]},
                ),
            ],
        },
    ],
    "metrics": [
        _cumulative("so_far"),
        _cumulative("so_far_last", period_agg="last"),
        _cumulative("so_far_mean", period_agg="average"),
        _cumulative("ten_days", window="10 days"),
        _cumulative("two_weeks_last", window="2 weeks", period_agg="last"),
        _cumulative("month_to_date", grain_to_date="month"),
        _cumulative("year_to_date", grain_to_date="year"),
        _offset("week_before", offset_window="1 week"),
        _offset("three_days_before", offset_window="3 days"),
        _offset("month_before", offset_window="1 month"),
        _offset("month_start", offset_to_grain="month"),
        _offset("fiscal_before", offset_window="1 fiscal"),
        _offset("two_fiscal_before", offset_window="2 fiscal"),
        _metric("filled", "simple", measure={"name": "total", "join_to_timespine": True, "fill_nulls_with": 0}),
        _metric("spined", "simple", measure={"name": "total", "join_to_timespine": True}),
        _conversion("bought", calculation="conversions"),
        _conversion("bought_soon", calculation="conversions", window="5 days"),
        _conversion("rate_soon", window="5 days"),
        _conversion(
            "bought_alike", calculation="conversions",
            constant_properties=[{"base_property": "kind", "conversion_property": "kind"}],
        ),
        {
            **_metric("busy", "simple", measure="total"),
            "filter": "{{ Metric('hits', group_by=['user']) }} > 1",
        },
        _metric("per_hit", "ratio", numerator="total", denominator="hits"),
        _metric("sales_per_hit", "ratio", numerator="sold", denominator="hits"),
    ],
    "models": [
        {
            "name": "days",
            "time_spine": {"standard_granularity_column": "day", "custom_granularities": [{"name": "fiscal"}]},
            "columns": [{"name": "day", "granularity": "day"}],
        }
    ],
}  # fmt: skip
MANIFEST = read_semantic_manifest(CONTENT)

PLAIN = (
    "total", "cost", "score", "worst", "best", "mean_price", "people", "hits", "cheap", "quarter", "most", "busy", "per_hit",
)  # fmt: skip
MOVED = (
    "so_far", "so_far_last", "so_far_mean", "ten_days", "two_weeks_last", "month_to_date", "year_to_date", "week_before",
    "three_days_before", "month_before", "month_start", "fiscal_before", "two_fiscal_before",
)  # fmt: skip
FILLED = ("filled", "spined")
CONVERTED = ("bought", "bought_soon", "rate_soon", "bought_alike")
BALANCES = ("closing", "opening_each")
GRAINS = ("day", "week", "month", "quarter", "year")
PARTS = ("year", "quarter", "month", "day", "dow", "doy")
FISCAL = {"fiscal_before": 1, "two_fiscal_before": 2}
FAR = "user__region__area__continent"
OTHERS = ("user", "user__plan", "user__region__zone", FAR, "user__level", "event__kind")


@dataclass(frozen=True)
class Asked:
    """One query; `between` are the first and the last day of the constraint."""

    metrics: tuple[str, ...]
    keys: tuple[str, ...]
    where: tuple[str, ...]
    between: tuple[str, str] | None


@st.composite
def queries(draw: st.DrawFn, start: date) -> Asked:
    kind = draw(
        st.sampled_from(
            [PLAIN, PLAIN, MOVED, MOVED, FILLED, CONVERTED, BALANCES, ("ticks",), ("sold", "sales_per_hit")]
        )
    )
    metrics = draw(st.lists(st.sampled_from(kind), min_size=1, max_size=2, unique=True))
    grains = [f"metric_time__{grain}" for grain in GRAINS]
    others = list(OTHERS)
    if kind is MOVED:
        coarse = draw(st.booleans()) and all(
            one.startswith(("so_far", "ten", "two_weeks", "month_to", "year_to")) for one in metrics
        )
        whole = draw(st.booleans()) and set(metrics) <= FISCAL.keys()
        exact = ["metric_time__fiscal"] if whole else grains[:1]
        times = [draw(st.sampled_from(grains[1:] if coarse else exact))]
    elif kind in {FILLED, CONVERTED}:
        times = [draw(st.sampled_from(grains))]
    elif kind == ("ticks",):
        times = draw(
            st.lists(
                st.sampled_from([*grains, "metric_time__hour", "metric_time__minute"]),
                max_size=2,
                unique=True,
            )
        )
    else:
        parts = [f"metric_time__extract_{part}" for part in PARTS]
        times = draw(
            st.lists(
                st.sampled_from([*grains, *grains, *parts, "metric_time__fiscal"]), max_size=2, unique=True
            )
        )
    if kind is BALANCES or "sold" in kind:
        others = others[:4] if "sold" in kind else others[:2]
    if kind in {MOVED, FILLED, CONVERTED}:
        others = ["event__kind", "user__plan", FAR]
    keys = [*times, *draw(st.lists(st.sampled_from(others), max_size=1 if times else 2, unique=True))]
    where = draw(st.sampled_from([(), (), *WHERE])) if kind in {PLAIN, MOVED, FILLED, CONVERTED} else ()
    return Asked(tuple(metrics), tuple(keys), where, draw(_constraint(start)))


WHERE: tuple[tuple[str, ...], ...] = (
    ("{{ Dimension('user__plan') }} = 'free'",),
    ("{{ Dimension('event__kind') }} <> 'a'",),
    (f"{{{{ Dimension('{FAR}') }}}} IS NULL",),
)


def _constraint(start: date) -> st.SearchStrategy[tuple[str, str] | None]:
    days = st.integers(-3, LENGTH + 3)
    ends = st.tuples(days, days).map(sorted)
    return st.none() | ends.map(
        lambda pair: (str(start + timedelta(pair[0])), str(start + timedelta(pair[1])))
    )


@st.composite
def stars(draw: st.DrawFn, start: date) -> Tables:
    day = st.integers(0, LENGTH - 1).map(lambda number: start + timedelta(number))
    maybe_day = st.none() | day
    user, kind = st.sampled_from([1, 2, 3, None]), st.sampled_from(["a", "b", None])
    score = st.sampled_from([0.5, -2.25, 1e300, float("inf"), float("-inf"), float("nan"), None])
    event = st.fixed_dictionaries(
        {
            "user_id": user,
            "kind": kind,
            "amount": st.sampled_from([1, 2, 3, -7, 2**62, -(2**62), 2**63 - 1, None]),
            "price": st.none() | st.decimals(-9, 9_999, places=2),
            "score": st.none() | st.floats(-100, 100, width=16) | score,
            "day": maybe_day,
            "moment": st.none() | st.datetimes(_at(start), _at(start + timedelta(LENGTH))).map(_cut),
        }
    )
    sale = st.fixed_dictionaries({"user_id": user, "kind": kind, "day": maybe_day})
    balance = st.fixed_dictionaries(
        {"user_id": user, "day": maybe_day, "amount": st.none() | st.integers(-9, 9)}
    )
    users = draw(st.lists(st.sampled_from([1, 2, 3]), unique=True, max_size=3))
    return {
        "days": [{"day": start + timedelta(number), "fiscal": _fiscal(number)} for number in range(LENGTH)],
        "events": _numbered("event_id", draw(st.lists(event, max_size=7))),
        "users": [
            {"user_id": one, "plan": draw(st.sampled_from(["free", "paid", None])), "region_id": draw(user)}
            for one in users
        ],
        "regions": [
            {"region_id": one, "zone": f"z{one}", "area_id": draw(user)}
            for one in draw(st.lists(st.sampled_from([1, 2, 3]), unique=True))
        ],
        "areas": [
            {"area_id": one, "continent": draw(st.sampled_from(["north", "south", None]))}
            for one in draw(st.lists(st.sampled_from([1, 2, 3]), unique=True))
        ],
        "sales": _numbered("sale_id", draw(st.lists(sale, max_size=5))),
        "levels": [row for one in (1, 2) for row in draw(_levels(one, start))],
        "balances": draw(st.lists(balance, max_size=6)),
    }


def _fiscal(number: int) -> str:
    """Periods of seven, ten and thirteen days, not named in their order."""
    lengths = {"F3": 7, "F1": 10, "F2": 13, "F0": 10, "F4": LENGTH}
    for name, length in lengths.items():
        if number < length:
            return name
        number -= length
    raise ValueError(number)


@st.composite
def _levels(draw: st.DrawFn, user: int, start: date) -> list[Row]:
    """Windows that do not overlap; the last one may be open."""
    cuts = sorted(draw(st.lists(st.integers(0, LENGTH), min_size=2, max_size=4, unique=True)))
    rows: list[Row] = []
    for number, (since, until) in enumerate(zip(cuts, [*cuts[1:], None], strict=True)):
        end = None if until is None else start + timedelta(until)
        rows.append({"user_id": user, "level": f"l{number}", "since": start + timedelta(since), "until": end})
    return rows if draw(st.booleans()) else rows[:-1]


def _numbered(name: str, rows: list[Row]) -> list[Row]:
    return [{name: number} | row for number, row in enumerate(rows)]


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  # the data has no zone


def _cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Tables, Asked]:
    start = draw(st.sampled_from(STARTS))
    return draw(stars(start)), draw(queries(start))
