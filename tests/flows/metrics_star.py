"""A small star with every kind of null, its metrics, and what they mean row by row in plain Python."""
# ruff: noqa: DTZ001 (the times of the data have no zone)

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    Measure,
    SemanticModel,
)

Row = dict[str, Any]
Tables = dict[str, list[Row]]

SCHEMA = {
    "regions": {"region_id": "INTEGER", "name": "VARCHAR"},
    "customers": {"id": "INTEGER", "region_id": "INTEGER", "country": "VARCHAR", "joined_at": "TIMESTAMP"},
    "orders": {
        "order_id": "INTEGER",
        "customer_id": "INTEGER",
        "status": "VARCHAR",
        "amount": "INTEGER",
        "gift": "BOOLEAN",
        "ordered_at": "TIMESTAMP",
        "paid_at": "TIMESTAMP",
    },
    "visits": {"visit_id": "INTEGER", "customer_id": "INTEGER", "pages": "INTEGER", "seen_at": "TIMESTAMP"},
}


def _time(name: str) -> Dimension:
    return Dimension(name, DimensionType.TIME)


def _measures(**declared: tuple[Aggregation, str] | tuple[Aggregation, str, str]) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            name,
            one[0],
            one[1],
            agg_time_dimension=one[2] if len(one) == 3 else "",
            approximate=name == "about" or None,
        )
        for name, one in declared.items()
    )


A = Aggregation
MODELS = (
    SemanticModel(
        "regions",
        "regions",
        entities=(Entity("region", EntityType.PRIMARY, "region_id"),),
        dimensions=(Dimension("name", DimensionType.CATEGORICAL),),
    ),
    SemanticModel(
        "customers",
        "customers",
        default_agg_time_dimension="joined_at",
        entities=(
            Entity("customer", EntityType.PRIMARY, "id"),
            # A customer without a region is in region 0; where there is no customer, there is no region.
            Entity("region", EntityType.FOREIGN, "COALESCE(region_id, 0)"),
        ),
        dimensions=(Dimension("country", DimensionType.CATEGORICAL), _time("joined_at")),
        measures=_measures(customers=(A.COUNT, "1")),
    ),
    SemanticModel(
        "orders",
        "orders",
        default_agg_time_dimension="ordered_at",
        entities=(
            Entity("order", EntityType.PRIMARY, "order_id"),
            Entity("customer", EntityType.FOREIGN, "customer_id"),
        ),
        dimensions=(
            Dimension("status", DimensionType.CATEGORICAL),
            Dimension("gift", DimensionType.CATEGORICAL),
            _time("ordered_at"),
            _time("paid_at"),
        ),
        measures=_measures(
            amount=(A.SUM, ""),
            smallest=(A.MIN, "amount"),
            largest=(A.MAX, "amount * 2"),
            mean=(A.AVERAGE, "amount"),
            priced=(A.COUNT, "amount"),
            buyers=(A.COUNT_DISTINCT, "customer_id"),
            gifts=(A.SUM_BOOLEAN, "gift"),
            middle=(A.MEDIAN, "amount"),
            about=(A.COUNT_DISTINCT, "customer_id"),
            paid=(A.SUM, "CASE WHEN paid_at IS NOT NULL THEN amount END", "paid_at"),
        ),
    ),
    SemanticModel(
        "visits",
        "visits",
        default_agg_time_dimension="seen_at",
        entities=(
            Entity("visit", EntityType.PRIMARY, "visit_id"),
            Entity("customer", EntityType.FOREIGN, "customer_id"),
        ),
        dimensions=(_time("seen_at"),),
        measures=_measures(pages=(A.SUM, ""), visitors=(A.COUNT_DISTINCT, "customer_id")),
    ),
)


@dataclass(frozen=True)
class Leaf:
    """A measure in plain Python: its table, its time, the value of a row, and how values become one."""

    table: str
    time: str
    value: Callable[[Row], Any]
    fold: Callable[[list[Any]], Any]


def _present(fold: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    return lambda values: fold(values) if values else None


def _median(values: list[int]) -> float:
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (low + high) / 2


def _of_orders(
    value: Callable[[Row], Any], fold: Callable[[list[Any]], Any], time: str = "ordered_at"
) -> Leaf:
    return Leaf("orders", time, value, fold)


LEAVES = {
    "customers": Leaf("customers", "joined_at", lambda row: 1, len),
    "amount": _of_orders(lambda row: row["amount"], _present(sum)),
    "smallest": _of_orders(lambda row: row["amount"], _present(min)),
    "largest": _of_orders(lambda row: _double(row["amount"]), _present(max)),
    "mean": _of_orders(lambda row: row["amount"], _present(lambda values: sum(values) / len(values))),
    "priced": _of_orders(lambda row: row["amount"], len),
    "buyers": _of_orders(lambda row: row["customer_id"], lambda values: len(set(values))),
    # Of so few values the estimate is the number.
    "about": _of_orders(lambda row: row["customer_id"], lambda values: len(set(values))),
    "gifts": _of_orders(lambda row: 1 if row["gift"] else 0, _present(sum)),
    "middle": _of_orders(lambda row: row["amount"], _present(_median)),
    "paid": _of_orders(lambda row: row["amount"] if row["paid_at"] else None, _present(sum), "paid_at"),
    "pages": Leaf("visits", "seen_at", lambda row: row["pages"], _present(sum)),
    "visitors": Leaf("visits", "seen_at", lambda row: row["customer_id"], lambda values: len(set(values))),
}


def _double(value: int | None) -> int | None:
    return None if value is None else 2 * value


@dataclass(frozen=True)
class Condition:
    """A filter as text and as the truth of a row: true, false or None for unknown."""

    text: str
    truth: Callable[[Row], bool | None]
    tables: frozenset[str] = frozenset(SCHEMA)


def _compare(name: str, holds: Callable[[Any], bool]) -> Callable[[Row], bool | None]:
    return lambda row: None if row[name] is None else holds(row[name])


def _month(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, 1)


_ORDERS = frozenset({"orders"})
_BUYING = frozenset({"orders", "visits"})
_FEBRUARY = datetime(2026, 2, 1)
CONDITIONS = (
    Condition("{{ Dimension('order__status') }} = 'paid'", _compare("status", lambda one: one == "paid"), _ORDERS),
    Condition("NOT {{ Dimension('order__status') }} = 'paid'", _compare("status", lambda one: one != "paid"), _ORDERS),
    Condition("{{ Dimension('order__gift') }}", _compare("gift", bool), _ORDERS),
    Condition(
        "{{ Dimension('order__status') }} = 'new' OR {{ Dimension('customer__country') }} IS NULL",
        lambda row: row["status"] == "new" or row["country"] is None,
        _ORDERS,
    ),
    Condition("{{ Dimension('customer__country') }} IN ('de', 'fr')", _compare("country", lambda one: one in {"de", "fr"})),
    Condition("{{ Entity('customer') }} >= 2", _compare("customer", lambda one: one >= 2)),
    Condition(
        "{{ TimeDimension('metric_time', 'month') }} >= '2026-01-15'",
        _compare("metric_time", lambda one: _month(one) >= datetime(2026, 1, 15)),
    ),
    Condition(
        "{{ TimeDimension('metric_time', 'month') }} = '2026-02-01'",
        _compare("metric_time", lambda one: _month(one) == _FEBRUARY),
    ),
    Condition(
        "NOT '2026-02-01' < {{ TimeDimension('metric_time', 'week') }}",
        _compare("metric_time", lambda one: one - timedelta(one.weekday()) < datetime(2026, 2, 2)),
    ),
    Condition(
        "{{ Dimension('customer__region__name') }} = 'north' OR {{ Dimension('customer__region__name') }} IS NULL",
        lambda row: row["region"] in {"north", None},
        _BUYING,
    ),
)  # fmt: skip


def _simple(name: str, *filters: str, fill: int | None = None) -> Metric:
    measure = MetricInput(name, fill_nulls_with=fill)
    return Metric(f"{name}_metric", MetricType.SIMPLE, measure=measure, filters=filters)


def _filtered(name: str, number: int) -> Metric:
    return Metric(
        f"{name}_{number}",
        MetricType.SIMPLE,
        measure=MetricInput(name, filters=(CONDITIONS[number].text,)),
    )


FILTERED = [
    ("amount", 0),
    ("priced", 2),
    ("buyers", 4),
    ("mean", 3),
    ("pages", 4),
    ("paid", 1),
    ("gifts", 6),
    ("about", 0),
    ("about", 3),
]
METRICS = (
    *(_simple(name) for name in LEAVES),
    *(_filtered(name, number) for name, number in FILTERED),
    Metric(
        "share",
        MetricType.RATIO,
        numerator=MetricInput("amount_metric", filters=(CONDITIONS[0].text,), alias="paid_amount"),
        denominator=MetricInput("amount_metric"),
    ),
    Metric(
        "per_visitor",
        MetricType.RATIO,
        numerator=MetricInput("priced_metric"),
        denominator=MetricInput("visitors_metric"),
        filters=(CONDITIONS[4].text,),
    ),
    Metric(
        "net",
        MetricType.DERIVED,
        inputs=(MetricInput("amount_metric", alias="a"), MetricInput("pages_metric", fill_nulls_with=0)),
        expr="a * 2 - pages_metric",
    ),
)
MANIFEST = SemanticManifest(MODELS, METRICS)


def _over(above: Any, below: Any) -> float | None:
    return None if above is None or not below else above / below


def _less(above: Any, below: Any) -> int | None:
    return None if above is None else 2 * above - (below or 0)


# Each metric as leaves with the numbers of their conditions, and what becomes of their values.
MEANING: dict[str, tuple[tuple[tuple[str, tuple[int, ...]], ...], Callable[..., Any]]] = {
    **{f"{name}_metric": (((name, ()),), lambda value: value) for name in LEAVES},
    **{f"{name}_{number}": (((name, (number,)),), lambda value: value) for name, number in FILTERED},
    "share": ((("amount", (0,)), ("amount", ())), _over),
    "per_visitor": ((("priced", (4,)), ("visitors", (4,))), _over),
    "net": ((("amount", ()), ("pages", ())), _less),
}

KEYS: dict[str, tuple[Callable[[Row], Any], frozenset[str]]] = {
    "customer": (lambda row: row["customer"], frozenset(SCHEMA)),
    "customer__country": (lambda row: row["country"], frozenset(SCHEMA)),
    "customer__region__name": (lambda row: row["region"], _BUYING),
    "order__status": (lambda row: row["status"], _ORDERS),
    "order__gift": (lambda row: row["gift"], _ORDERS),
    "order__paid_at__month": (lambda row: row["paid_at"] and _month(row["paid_at"]), _ORDERS),
    "metric_time__month": (lambda row: row["metric_time"] and _month(row["metric_time"]), frozenset(SCHEMA)),
    "metric_time__day": (
        lambda row: row["metric_time"] and datetime.combine(row["metric_time"].date(), datetime.min.time()),
        frozenset(SCHEMA),
    ),
}


@dataclass(frozen=True)
class Asked:
    """A query that makes sense: every key and filter can be reached from every metric."""

    metrics: tuple[str, ...]
    keys: tuple[str, ...]
    conditions: tuple[int, ...]
    between: tuple[str, str] | None
    bind: bool


def tables_of(metric: str) -> set[str]:
    return {LEAVES[leaf].table for leaf, _ in MEANING[metric][0]}


@st.composite
def queries(draw: st.DrawFn) -> Asked:
    metrics = draw(st.lists(st.sampled_from(sorted(MEANING)), min_size=1, max_size=4, unique=True))
    met = {table for metric in metrics for table in tables_of(metric)}
    keys = [name for name, (_, tables) in KEYS.items() if met <= tables]
    filters = [number for number, one in enumerate(CONDITIONS) if met <= one.tables]
    return Asked(
        tuple(metrics),
        tuple(draw(st.lists(st.sampled_from(keys), max_size=3, unique=True))),
        tuple(draw(st.lists(st.sampled_from(filters), max_size=2, unique=True))),
        draw(st.sampled_from([None, None, ("2026-01-20", "2026-02-10"), ("2026-02-01", "2026-02-01")])),
        draw(st.booleans()),
    )


_MOMENTS = st.none() | st.datetimes(datetime(2025, 12, 28), datetime(2026, 3, 3)).map(
    lambda moment: moment.replace(microsecond=0)
)
_CUSTOMERS = st.none() | st.integers(1, 4)


@st.composite
def stars(draw: st.DrawFn) -> Tables:
    ids = draw(st.lists(st.integers(1, 4), max_size=3, unique=True))
    regions = draw(st.lists(st.integers(0, 3), max_size=3, unique=True))
    names = st.sampled_from(["north", "south", None])
    countries = st.sampled_from(["de", "fr", "us", None])
    orders = st.fixed_dictionaries(
        {
            "customer_id": _CUSTOMERS,
            "status": st.sampled_from(["paid", "new", None]),
            "amount": st.none() | st.integers(-5, 20),
            "gift": st.sampled_from([True, False, None]),
            "ordered_at": _MOMENTS,
            "paid_at": _MOMENTS,
        }
    )
    visits = st.fixed_dictionaries(
        {"customer_id": _CUSTOMERS, "pages": st.none() | st.integers(0, 9), "seen_at": _MOMENTS}
    )
    return {
        "regions": [{"region_id": one, "name": draw(names)} for one in regions],
        "customers": [
            {
                "id": one,
                "region_id": draw(st.none() | st.integers(0, 3)),
                "country": draw(countries),
                "joined_at": draw(_MOMENTS),
            }
            for one in ids
        ],
        "orders": [
            {"order_id": number} | row for number, row in enumerate(draw(st.lists(orders, max_size=8)))
        ],
        "visits": [
            {"visit_id": number} | row for number, row in enumerate(draw(st.lists(visits, max_size=6)))
        ],
    }


def answer(tables: Tables, asked: Asked) -> list[tuple[Any, ...]]:
    """The rows that the query must give, worked out one row at a time."""
    counted = {
        leaf: _counted(tables, asked, *leaf) for metric in asked.metrics for leaf in MEANING[metric][0]
    }
    groups = sorted({key for found in counted.values() for key in found}, key=repr) if asked.keys else [()]
    result = []
    for key in groups:
        values = []
        for metric in asked.metrics:
            leaves, formula = MEANING[metric]
            values.append(formula(*(_folded(counted[leaf], leaf[0], key, asked) for leaf in leaves)))
        result.append((*key, *values))
    return result


def _folded(groups: dict[tuple[Any, ...], list[Any]], leaf: str, key: tuple[Any, ...], asked: Asked) -> Any:
    if key not in groups and asked.keys:
        return None
    values = [value for value in groups.get(key, []) if value is not None]
    # SQL counts a row for `1` and for a boolean even where nothing else of it is known.
    return LEAVES[leaf].fold(values)


def _counted(tables: Tables, asked: Asked, leaf: str, own: Iterable[int]) -> dict[tuple[Any, ...], list[Any]]:
    groups: dict[tuple[Any, ...], list[Any]] = {}
    conditions = [CONDITIONS[number].truth for number in (*own, *asked.conditions)]
    for row in _rows(tables, LEAVES[leaf]):
        if all(truth(row) for truth in conditions) and _within(row, asked):
            key = tuple(KEYS[name][0](row) for name in asked.keys)
            groups.setdefault(key, []).append(LEAVES[leaf].value(row))
    return groups


def _rows(tables: Tables, leaf: Leaf) -> Iterable[Row]:
    customers = {row["id"]: row for row in tables["customers"]}
    regions = {row["region_id"]: row["name"] for row in tables["regions"]}
    for row in tables[leaf.table]:
        number = row["id"] if leaf.table == "customers" else row["customer_id"]
        customer = customers.get(number)
        yield row | {
            "customer": number,
            "country": customer and customer["country"],
            "region": customer and regions.get(customer["region_id"] or 0),
            "metric_time": row[leaf.time],
        }


def _within(row: Row, asked: Asked) -> bool:
    """The constraint holds for whole periods of the finest grain of metric_time that is asked."""
    if asked.between is None:
        return True
    if row["metric_time"] is None:
        return False
    start, end = (datetime.fromisoformat(one) for one in asked.between)
    moment = row["metric_time"]
    if "metric_time__month" in asked.keys and "metric_time__day" not in asked.keys:
        return bool(_month(start) <= _month(moment) <= _month(end))
    return bool(start.date() <= moment.date() <= end.date())
