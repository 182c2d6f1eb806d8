"""Pairs of metrics whose meaning is known to be the same or not: rewrites of the YAML of the fixture manifests.

Each rule takes a metric apart from its manifest and writes it again, keeping its meaning or changing it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from catalog.domain.document import Document
from catalog.domain.metric import Metric, SemanticManifest
from catalog.manifests.loader import read_stream
from catalog.manifests.read import read
from catalog.metrics.support import inputs_of

Part = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A manifest as plain values, and the metric in it that is meant."""

    models: tuple[Part, ...]
    metrics: tuple[Part, ...]
    rest: tuple[Part, ...]
    name: str

    def __hash__(self) -> int:
        """By what is written."""
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        """Equal when the same is written."""
        return isinstance(other, Source) and self.text == other.text

    @property
    def text(self) -> str:
        """The documents, and which metric is meant."""
        return json.dumps([self.models, self.metrics, self.rest, self.name])

    def semantic(self) -> SemanticManifest:
        """The manifest as the catalog reads it."""
        parts = [{"semantic_model": one} for one in self.models] + [{"metric": one} for one in self.metrics]
        text = "\n---\n".join(json.dumps(one) for one in (*parts, *self.rest))
        found = read([Document("rewritten.yaml", text.encode())])
        assert not [one for one in found.findings if one.blocks], found.findings
        return found.semantic

    @property
    def metric(self) -> Part:
        """The metric that is meant."""
        return next(one for one in self.metrics if one["name"] == self.name)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two definitions, the rule that made the second from the first, and whether they mean the same."""

    rule: str
    one: Source
    other: Source
    same: bool

    @property
    def title(self) -> str:
        """As `rule: metric`."""
        return f"{self.rule}: {self.one.name}"


def sources(folder: Path) -> Iterator[Source]:
    """Every metric of the manifests, with the metrics that it is made of and all models."""
    for file in sorted((folder / "manifests").glob("*.yaml")):
        parts = [one.value for one in read_stream(Document(file.name, file.read_bytes()))[0]]
        models = tuple(one["semantic_model"] for one in parts if "semantic_model" in one)
        metrics = {one["metric"]["name"]: one["metric"] for one in parts if "metric" in one}
        rest = tuple(one for one in parts if "project_configuration" in one)
        manifest = read([Document(file.name, file.read_bytes())]).semantic
        by_name = {one.name: one for one in manifest.metrics}
        for name in metrics:
            needed = [metrics[one] for one in _needed(by_name[name], by_name) if one in metrics]
            yield Source(models, tuple(needed), rest, name)


def _needed(metric: Metric, known: dict[str, Metric]) -> Iterator[str]:
    """The metric and all it is made of; metrics that filters look at are the two named ones."""
    names = [metric.name]
    for one in names:
        names += [
            each.name for each in inputs_of(known[one]) if each.name not in names and each.name in known
        ]
    return iter(dict.fromkeys([*names, *(one for one in ("bookings", "views") if one in known)]))


# --- filters, as they are written for one and the same choice of rows, and for another one -----------------

INSTANT, COUNTRY, CAPACITY, LISTING, DAY = (
    "{{ Dimension('booking__is_instant') }}",
    "{{ Dimension('listing__country_latest') }}",
    "{{ Dimension('listing__capacity_latest') }}",
    "{{ Entity('listing') }}",
    "{{ TimeDimension('metric_time', 'day') }}",
)
FILTERS: Final[dict[str, tuple[list[str], list[str]]]] = {
    INSTANT: (
        [
            f"{INSTANT} = true",
            f"true = {INSTANT}",
            f"NOT (NOT {INSTANT})",
            f"{INSTANT} IS TRUE",
            f"{INSTANT} <> false",
            f"coalesce({INSTANT}, false)",
            f"{INSTANT} AND {INSTANT}",
            "booking__is_instant",
        ],
        [f"NOT {INSTANT}", f"{INSTANT} = false", f"{INSTANT} OR {COUNTRY} = 'us'", f"{LISTING} = 'l3141592'"],
    ),
    f"{COUNTRY} = 'us'": (
        [
            f"'us' = {COUNTRY}",
            f"{COUNTRY} IN ('us')",
            f"NOT {COUNTRY} != 'us'",
            f"{COUNTRY} = 'us' AND {COUNTRY} IS NOT NULL",
            f"({COUNTRY} = 'us') AND (1 = 1)",
            f"case when {COUNTRY} = 'us' then true else false end",
            f"{COUNTRY} = 'us' OR ({COUNTRY} = 'us' AND {INSTANT})",
        ],
        [
            f"{COUNTRY} = 'ca'",
            f"{COUNTRY} <> 'us'",
            f"{COUNTRY} = 'us' OR {COUNTRY} IS NULL",
            f"{COUNTRY} = 'us' AND {INSTANT}",
            "{{ Dimension('listing__is_lux_latest') }} = true",
        ],
    ),
    f"{COUNTRY} <> 'us'": (
        [f"{COUNTRY} != 'us'", f"NOT ({COUNTRY} = 'us')", f"{COUNTRY} NOT IN ('us')"],
        [f"{COUNTRY} IS DISTINCT FROM 'us'", f"{COUNTRY} <> 'us' OR {COUNTRY} IS NULL", f"{COUNTRY} = 'us'"],
    ),
    f"{CAPACITY} > 3": (
        [f"3 < {CAPACITY}", f"NOT {CAPACITY} <= 3", f"{CAPACITY} > 3.0", f"NOT ({CAPACITY} < 3 OR {CAPACITY} = 3)"],
        [f"{CAPACITY} >= 3", f"{CAPACITY} < 3", f"{CAPACITY} > 4", f"{CAPACITY} > 3 OR {CAPACITY} IS NULL"],
    ),
    f"{CAPACITY} BETWEEN 3 AND 4": (
        [
            f"{CAPACITY} >= 3 AND {CAPACITY} <= 4",
            f"4 >= {CAPACITY} AND NOT ({CAPACITY} < 3)",
            f"NOT ({CAPACITY} NOT BETWEEN 3 AND 4)",
        ],
        [
            f"{CAPACITY} > 3 AND {CAPACITY} <= 4",
            f"{CAPACITY} BETWEEN 3 AND 5",
            f"{CAPACITY} NOT BETWEEN 3 AND 4",
            f"{CAPACITY} >= 3 OR {CAPACITY} <= 4",
        ],
    ),
    f"{COUNTRY} IN ('us', 'ca') AND {INSTANT}": (
        [
            f"{INSTANT} AND {COUNTRY} IN ('ca', 'us')",
            f"({COUNTRY} = 'ca' OR {COUNTRY} = 'us') AND {INSTANT}",
            f"({COUNTRY} = 'us' AND {INSTANT}) OR ({INSTANT} AND {COUNTRY} = 'ca')",
            f"NOT (NOT {INSTANT} OR {COUNTRY} NOT IN ('us', 'ca'))",
        ],
        [
            f"{COUNTRY} IN ('us', 'ca') OR {INSTANT}",
            f"{COUNTRY} IN ('us') AND {INSTANT}",
            f"{COUNTRY} IN ('us', 'ca') AND NOT {INSTANT}",
            f"NOT ({COUNTRY} IN ('us', 'ca') AND {INSTANT})",
            f"{COUNTRY} = 'us' OR ({COUNTRY} = 'ca' AND {INSTANT})",
        ],
    ),
    f"{DAY} >= '2020-01-01'": (
        [
            "{{ TimeDimension('metric_time') }} >= '2020-01-01'",
            "metric_time__day >= '2020-01-01'",
            f"'2020-01-01' <= {DAY}",
            f"{DAY} >= DATE '2020-01-01'",
            f"NOT {DAY} < '2020-01-01 00:00:00'",
            f"{DAY} > '2019-12-31'",
        ],
        [
            f"{DAY} > '2020-01-01'",
            f"{DAY} < '2020-01-01'",
            f"{DAY} >= '2019-12-20'",
            "{{ TimeDimension('booking__paid_at', 'day') }} >= '2020-01-01'",
        ],
    ),
}  # fmt: skip

# --- measures ---------------------------------------------------------------------------------------------

SAME_MEASURES: Final[dict[str, list[Part]]] = {
    "bookings": [
        {"agg": "count", "expr": "1"},
        {"agg": "count", "expr": "'x'"},
        {"agg": "sum", "expr": "2 - 1"},
        {"agg": "sum_boolean", "expr": "true"},
    ],
    "instant_bookings": [
        {"agg": "sum", "expr": "case when is_instant then 1 else 0 end"},
        {"agg": "count", "expr": "case when is_instant = true then 1 end"},
        {"agg": "sum", "expr": "if(is_instant, 1, null)"},
    ],
    "booking_value": [
        {"expr": "BOOKING_VALUE"},
        {"expr": "(booking_value)"},
        {"expr": "booking_value * 1.0 + 0"},
        {"expr": "coalesce(booking_value, 0)"},
        {"expr": "- (0 - booking_value)"},
        {"expr": "case when true then booking_value end"},
    ],
    "referred_bookings": [
        {"agg": "sum", "expr": "case when referrer_id is not null then 1 else 0 end"},
        {"agg": "count", "expr": "case when not (referrer_id is null) then 1 end"},
    ],
    "median_booking_value": [{"agg": "percentile", "agg_params": {"percentile": 0.5}}],
    "bookers": [{"expr": "case when guest_id is not null then guest_id end"}],
    "txn_revenue": [{"expr": "1 * revenue"}, {"expr": "revenue / 1"}],
    "average_booking_value": [{"expr": "booking_value * 1"}, {"agg_time_dimension": "ds"}],
}
# Null where the original says 0, or the other way round: in a sum of metrics that is another number.
ZERO_FOR_NOTHING: Final = {"coalesce(booking_value, 0)", "if(is_instant, 1, null)"}
OTHER_MEASURES: Final[dict[str, list[Part]]] = {
    "bookings": [
        {"agg": "count", "expr": "referrer_id"},
        {"agg": "count_distinct", "expr": "1"},
        {"agg": "sum", "expr": "2"},
        {"agg_time_dimension": "paid_at"},
    ],
    "instant_bookings": [
        {"agg": "count", "expr": "is_instant"},
        {"expr": "not is_instant"},
        {"agg": "sum", "expr": "case when is_instant then 1 else -1 end"},
        {"agg": "count", "expr": "case when is_instant then 1 else 0 end"},
    ],
    "booking_value": [
        {"agg": "average"},
        {"agg": "max"},
        {"expr": "booking_value + 1"},
        {"expr": "-booking_value"},
        {"expr": "booking_value // 2"},
        {"expr": "case when is_instant then booking_value end"},
        {"expr": "cast(booking_value as integer)"},
        {"agg": "count"},
    ],
    "referred_bookings": [
        {"agg": "count_distinct"},
        {"agg": "count", "expr": "coalesce(referrer_id, 'none')"},
        {"agg": "sum", "expr": "case when referrer_id is null then 1 else 0 end"},
    ],
    "median_booking_value": [
        {"agg": "average"},
        {"agg": "percentile", "agg_params": {"percentile": 0.51}},
        {"agg": "percentile", "agg_params": {"percentile": 0.5, "use_discrete_percentile": True}},
    ],
    "bookers": [
        {"agg": "count"},
        {"expr": "host_id"},
        {"expr": "coalesce(guest_id, host_id) || 'x' || host_id"},
    ],
    "txn_revenue": [
        {"expr": "revenue * 2"},
        {"agg": "max"},
        {"expr": "case when revenue > 1000 then revenue end"},
    ],
    "average_booking_value": [
        {"expr": "case when is_instant then booking_value else 0 end"},
        {"expr": "case when is_instant then booking_value end"},
        {"agg": "median"},
        {"agg_time_dimension": "paid_at"},
    ],
}


def pairs(found: Iterable[Source]) -> Iterator[Pair]:
    """All pairs of all rules."""
    for source in found:
        for rule, keeps in RULES:
            for number, other in enumerate(rule(source)):
                yield Pair(f"{rule.__name__}[{number}]", source, other, keeps)
        yield from filtered(source)


# --- rules: a source, and the sources that mean the same -----------------------------------------------------


def descriptions(source: Source) -> Iterator[Source]:
    """Other words and other governance."""
    yield _metric(source, lambda one: one.update(description="other words", config={"meta": {"owner": "x"}}))


def model_renamed(source: Source) -> Iterator[Source]:
    """Names of models mean nothing."""
    yield _replaced(source, models=[{**one, "name": f"the_{one['name']}"} for one in source.models])


def measure_renamed(source: Source) -> Iterator[Source]:
    """A measure with another name, which the leaf then asks for."""
    if _leaf(source):
        yield _remeasured(source, {})


def time_spelled_out(source: Source) -> Iterator[Source]:
    """The time of the measure is named, though it is the model's own; or a dimension of another name has it."""
    found = _leaf(source)
    if not found or "agg_time_dimension" in found[1] or "non_additive_dimension" in found[1]:
        return
    model, _ = found
    default = model.get("defaults", {}).get("agg_time_dimension")
    if default:
        yield _remeasured(source, {"agg_time_dimension": default})


def dimension_renamed(source: Source) -> Iterator[Source]:
    """Dimensions have other names, in the model and in every filter."""
    for old in ("is_instant", "country_latest", "home_state_latest", "is_lux_latest", "referrer_id"):
        text = json.dumps([source.models, source.metrics])
        if f"__{old}'" in json.dumps(source.metrics):
            models, metrics = json.loads(text.replace(f"__{old}'", f"__{old}_again'"))
            for model in models:
                for one in model.get("dimensions", ()):
                    if one["name"] == old:
                        one.update(name=f"{old}_again", expr=one.get("expr") or old)
            yield _replaced(source, models=models, metrics=metrics)


def filter_moved_in(source: Source) -> Iterator[Source]:
    """The metric's filter stands with its measure, or with each of its inputs."""
    text = source.metric.get("filter")
    coarse = source.metric.get("time_granularity") and "metric_time" in str(text)  # of which each has its own
    if not isinstance(text, str) or source.metric["type"] == "conversion" or coarse:
        return

    def moved(one: Part) -> None:
        one.pop("filter")
        params = one["type_params"]
        for key in ("measure", "numerator", "denominator"):
            if key in params:
                params[key] = _with_filter(params[key], text)
        params.update(
            {key: [_with_filter(each, text) for each in params[key]] for key in ("metrics",) if key in params}
        )

    yield _metric(source, moved)


def wrapped(source: Source) -> Iterator[Source]:
    """A derived metric that is its only input, once and twice."""
    inner = source.name
    for times in (1, 2):
        names = [f"{inner}_wrapped_{n}" for n in range(times)]
        chain = [
            {"name": name, "type": "derived", "type_params": {"expr": "it", "metrics": [{"name": below, "alias": "it"}]},
             **_grain(source.metric)}
            for name, below in zip(names, [inner, *names], strict=False)
        ]  # fmt: skip
        yield Source(source.models, (*source.metrics, *chain), source.rest, names[-1])


def ratio_as_division(source: Source) -> Iterator[Source]:
    """A ratio written as a derived metric."""
    if source.metric["type"] != "ratio":
        return
    for expr in ("above / below", "cast(above as double) / nullif(below, 0)", "(above) / (below * 1.0)"):
        parts = [_named(source.metric["type_params"][key]) for key in ("numerator", "denominator")]
        inputs = [{**part, "alias": alias} for part, alias in zip(parts, ("above", "below"), strict=True)]
        yield _metric(
            source,
            lambda one, e=expr, i=inputs: one.update(type="derived", type_params={"expr": e, "metrics": i}),
        )


def expression_rewritten(source: Source) -> Iterator[Source]:
    """Arithmetic over inputs in another order, under other aliases."""
    if source.metric["type"] != "derived":
        return
    inputs = [_named(one) for one in source.metric["type_params"]["metrics"]]
    names = [one.get("alias") or one["name"] for one in inputs]
    if len(set(names)) != len(names):
        return
    expr = f" {source.metric['type_params']['expr']} "
    for number, name in enumerate(names):
        expr = _word_replaced(expr, name, f"part_{number}")
    inputs = [{**one, "alias": f"part_{number}"} for number, one in enumerate(inputs)]
    for text in (f"({expr})", f"0 + ({expr}) * 1.0", f"-(0 - ({expr}))"):
        yield _metric(source, lambda one, t=text: one["type_params"].update(expr=t, metrics=inputs[::-1]))


def windows_in_other_units(source: Source) -> Iterator[Source]:
    """Fourteen days are two weeks, a year is twelve months, one day or days."""
    text = json.dumps(source.metric)
    for old, new in (("14 days", "2 weeks"), ("1 week", "7 days"), ("7 days", "1 week"), ("1 year", "12 months"),
                     ("2 days", "2 day"), ("1 month", "1 MONTH"), ("5 days", "5  day")):  # fmt: skip
        if f'"{old}"' in text:
            yield _written(source, text.replace(f'"{old}"', f'"{new}"'))


def measure_rewritten(source: Source) -> Iterator[Source]:
    """The same aggregate in other words."""
    found = _leaf(source)
    for change in SAME_MEASURES.get(found[1]["name"], ()) if found and _is_plain(source) else ():
        if change.get("expr") not in ZERO_FOR_NOTHING or source.metric["type"] != "derived":
            yield _remeasured(source, change)


def case_instead_of_filter(source: Source) -> Iterator[Source]:
    """The filter stands inside the aggregate."""
    found = _leaf(source)
    if not found or source.metric["type"] != "simple" or source.metric.get("filter") != INSTANT:
        return
    expr = f"case when is_instant then {found[1].get('expr', found[1]['name'])} end"
    yield _metric(_remeasured(source, {"expr": expr}), lambda one: one.pop("filter"))


# --- rules: a source, and sources that mean something else ----------------------------------------------------


def measure_changed(source: Source) -> Iterator[Source]:
    """Another aggregate."""
    found = _leaf(source)
    for change in OTHER_MEASURES.get(found[1]["name"], ()) if found and _is_plain(source) else ():
        if "instant" not in source.name or "is_instant" not in str(change):
            yield _remeasured(source, change)


def filter_dropped(source: Source) -> Iterator[Source]:
    """Without its filter."""
    if "filter" in source.metric:
        yield _metric(source, lambda one: one.pop("filter"))


def relation_changed(source: Source) -> Iterator[Source]:
    """The same words over another relation."""
    if found := _leaf(source):
        changed = {**found[0], "node_relation": {"schema_name": "mf", "alias": "another_table"}}
        yield _replaced(source, models=[changed if one is found[0] else one for one in source.models])


def operator_changed(source: Source) -> Iterator[Source]:
    """Another operation between the inputs of a derived metric."""
    if source.metric["type"] != "derived":
        return
    expr = source.metric["type_params"]["expr"]
    for old, new in ((" - ", " + "), (" + ", " - "), (" * ", " + "), (" / ", " // "), (" / ", " * ")):
        if old in expr:
            yield _expressed(source, expr.replace(old, new, 1))
    yield _expressed(source, f"({expr}) + 1")
    yield _expressed(source, f"coalesce({expr}, 7)")


def ratio_turned(source: Source) -> Iterator[Source]:
    """Denominator over numerator, or another part."""
    params = source.metric["type_params"]
    if source.metric["type"] != "ratio" or _named(params["numerator"]) == _named(params["denominator"]):
        return
    turned = {"numerator": params["denominator"], "denominator": params["numerator"]}
    yield _metric(source, lambda one: one["type_params"].update(turned))
    yield _metric(source, lambda one: one["type_params"].update(denominator=params["numerator"]))


def time_moved(source: Source) -> Iterator[Source]:
    """Another window, another offset, none at all."""
    text = json.dumps(source.metric)
    for old, new in (("14 days", "13 days"), ("1 week", "1 month"), ("7 days", "8 days"), ("5 days", "5 weeks"),
                     ("2 days", "3 days"), ("1 month", "31 days"), ("2 month", "60 days"), ("3 hours", "3 days")):  # fmt: skip
        if f'"{old}"' in text:
            yield _written(source, text.replace(f'"{old}"', f'"{new}"'))
    for old, new in (('"offset_to_grain": "month"', '"offset_to_grain": "year"'),
                     ('"offset_to_grain": "month"', '"offset_window": "1 month"'),
                     ('"offset_window": "1 month"', '"offset_to_grain": "month"'),
                     ('"grain_to_date": "month"', '"grain_to_date": "year"'),
                     ('"join_to_timespine": true', '"join_to_timespine": false')):  # fmt: skip
        if old in text:
            yield _written(source, text.replace(old, new))


def nulls_filled(source: Source) -> Iterator[Source]:
    """A number where there is none."""
    measure = source.metric["type_params"].get("measure")
    if source.metric["type"] == "simple" and measure is not None:
        fill = _named(measure).get("fill_nulls_with")
        changed = {**_named(measure), "fill_nulls_with": 7 if fill is None else fill + 1}
        yield _metric(source, lambda one: one["type_params"].update(measure=changed))


RULES: Final[tuple[tuple[Callable[[Source], Iterator[Source]], bool], ...]] = (
    *((rule, True) for rule in (
        descriptions, model_renamed, measure_renamed, time_spelled_out, dimension_renamed, filter_moved_in, wrapped,
        ratio_as_division, expression_rewritten, windows_in_other_units, measure_rewritten, case_instead_of_filter,
    )),
    *((rule, False) for rule in (
        measure_changed, filter_dropped, relation_changed, operator_changed, ratio_turned, time_moved, nulls_filled,
    )),
)  # fmt: skip


def filtered(source: Source) -> Iterator[Pair]:
    """Metrics over bookings under filters that are written in several ways, at several places."""
    found = _leaf(source)
    simple = source.metric["type"] in {"simple", "ratio", "cumulative"} and _is_plain(source)
    own = {one["name"] for one in found[0]["measures"]} if found else set()
    asked = set(json.dumps([one["type_params"] for one in source.metrics]).split('"'))
    others = {one["name"] for model in source.models for one in model.get("measures", ())} - own
    listed = any(model["name"] == "listings_latest" for model in source.models)
    if not found or found[0]["name"] != "bookings_source" or not simple or not listed:
        return
    if asked & others or "instant" in source.name:
        return
    for text, (same, other) in FILTERS.items():
        base = _filtered(source, text)
        for number, each in enumerate(same):
            yield Pair(f"filter_rewritten[{number}] {text}", base, _filtered(source, each), True)
            moved = [*filter_moved_in(_filtered(source, each))]
            yield from (
                Pair(f"filter_rewritten_and_moved[{number}] {text}", base, one, True) for one in moved
            )
        for number, each in enumerate(other):
            yield Pair(f"filter_changed[{number}] {text}", base, _filtered(source, each), False)
        if " AND " in text and "BETWEEN" not in text:
            parts = text.split(" AND ")
            yield Pair(f"filter_as_list {text}", base, _filtered(source, parts[::-1]), True)


def _filtered(source: Source, text: str | list[str]) -> Source:
    return _metric(source, lambda one: one.update(filter=text))


def _metric(source: Source, change: Callable[[Part], object]) -> Source:
    changed = deepcopy(source.metric)
    change(changed)
    return _replaced(
        source, metrics=[changed if one["name"] == source.name else one for one in source.metrics]
    )


def _written(source: Source, text: str) -> Source:
    return _metric(source, lambda one: one.update(json.loads(text)))


def _expressed(source: Source, expr: str) -> Source:
    return _metric(source, lambda one: one["type_params"].update(expr=expr))


def _replaced(
    source: Source, *, models: Iterable[Part] | None = None, metrics: Iterable[Part] | None = None
) -> Source:
    return Source(
        source.models if models is None else tuple(models),
        source.metrics if metrics is None else tuple(metrics),
        source.rest,
        source.name,
    )


def _leaf_metric(source: Source) -> Part | None:
    """The simple or cumulative metric at the end of the metric's first inputs."""
    known = {one["name"]: one for one in source.metrics}
    metric: Part | None = source.metric
    while metric and "measure" not in metric["type_params"]:
        params = metric["type_params"]
        first = params.get("numerator") or next(iter(params.get("metrics", ())), None)
        metric = known.get(_named(first)["name"]) if first else None
    return metric


def _leaf(source: Source) -> tuple[Part, Part] | None:
    """The model and the measure of the leaf."""
    metric = _leaf_metric(source)
    name = _named(metric["type_params"]["measure"])["name"] if metric else ""
    for model in source.models:
        for measure in model.get("measures", ()):
            if measure["name"] == name:
                return model, measure
    return None


def _is_plain(source: Source) -> bool:
    """Whether a change of the leaf changes the metric: it is not divided by itself, or taken off itself."""
    leaf, names = _leaf_metric(source), [one["name"] for one in source.metrics]
    asked = json.dumps(source.metric["type_params"])
    return leaf is not None and names.count(leaf["name"]) == 1 and asked.count(f'"{leaf["name"]}"') < 2


def _remeasured(source: Source, change: Part) -> Source:
    """The leaf over a new measure that differs from its own by `change`."""
    found, leaf = _leaf(source), _leaf_metric(source)
    assert found is not None
    assert leaf is not None
    model, measure = found
    new = {
        **measure,
        "expr": measure.get("expr", measure["name"]),
        **change,
        "name": f"{measure['name']}_again",
    }
    new.pop("create_metric", None)
    models = [{**one, "measures": [*one["measures"], new]} if one is model else one for one in source.models]
    asked = {**_named(leaf["type_params"]["measure"]), "name": new["name"]}
    again = {**leaf, "type_params": {**leaf["type_params"], "measure": asked}}
    return _replaced(source, models=models, metrics=[again if one is leaf else one for one in source.metrics])


def _named(one: Any) -> Part:
    return {"name": one} if isinstance(one, str) else dict(one)


def _with_filter(one: Any, text: str) -> Part:
    part = _named(one)
    own = part.get("filter", [])
    return {**part, "filter": [*([own] if isinstance(own, str) else own), text]}


def _grain(metric: Part) -> Part:
    return {key: metric[key] for key in ("time_granularity",) if key in metric}


def _word_replaced(text: str, word: str, new: str) -> str:
    marks = "".join(one if one.isalnum() or one == "_" else f" {one} " for one in text)
    return (
        " ".join(new if one == word else one for one in marks.split())
        .replace("1 . 0", "1.0")
        .replace("0 . 05", "0.05")
    )
