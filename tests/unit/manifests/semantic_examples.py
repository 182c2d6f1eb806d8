"""Semantic manifests of every shape, for what is written and read again."""

from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import strategies as st

from catalog.domain.document import Document
from catalog.domain.governance import Governance
from catalog.domain.metric import Metric, MetricInput, MetricType, SavedQuery, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    CustomGranularity,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    Measure,
    NonAdditiveDimension,
    SemanticModel,
    TimeGranularity,
    TimeSpine,
)
from catalog.manifests.read import read


def bare(value: Any) -> Any:
    """The value without its places, which are those of another document."""
    if is_dataclass(value) and not isinstance(value, type):
        said = {one.name: bare(getattr(value, one.name)) for one in fields(value) if one.name != "place"}
        return {"is": type(value).__name__, **said}
    if isinstance(value, tuple | list):
        return [bare(one) for one in value]
    return {key: bare(one) for key, one in value.items()} if isinstance(value, dict) else value


def read_again(text: str) -> SemanticManifest:
    """What a document says, which has no fault."""
    manifest = read([Document("written.yaml", text.encode())])
    assert manifest.findings == ()
    return manifest.semantic


WITHOUT_MEASURES = """\
models:
- name: orders
  semantic_model: {enabled: true}
  agg_time_dimension: ordered_at
  columns:
  - {name: id, entity: {name: order, type: primary}}
  - {name: ordered_at, granularity: day, dimension: {type: time}}
  metrics:
  - {name: revenue, type: simple, agg: sum, expr: amount, fill_nulls_with: 0, hidden: true}
  - {name: visits, agg: count, expr: id}
  - {name: typical, agg: percentile, expr: amount, percentile: 0.5, percentile_type: discrete}
metrics:
- {name: so_far, type: cumulative, input_metric: revenue, window: 7 days}
- {name: bought, type: conversion, entity: order, base_metric: {name: visits, alias: v}, conversion_metric: revenue}
- {name: lately, type: cumulative, input_metric: bought, grain_to_date: month}
- {name: each, type: ratio, numerator: revenue, denominator: visits}
- {name: more, type: derived, expr: revenue + 1, input_metrics: [revenue]}
"""
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
# Words that YAML could take for something else, and characters that it cannot hold as they are.
TRICKY = st.sampled_from(
    ["no", "1.10", "0x1F", "1e3", "~", "- a", "a: b", " # x", "'", '"', "\x85", "\u2028"]
)
# Everything that UTF-8 holds but NUL, which no document may hold.
TEXTS = st.one_of(TRICKY, st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12))
STRIPPED = TEXTS.map(str.strip).filter(bool)
PLAIN = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**62), 2**62),
        st.floats(allow_nan=False, allow_infinity=False),
        TEXTS,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
FACTS = st.dictionaries(
    st.sampled_from(["domain", "owner", "tier", "regimes", "version", "unit", "product"]), TEXTS, max_size=4
).map(Governance.from_properties)
GRAINS = st.sampled_from(TimeGranularity)
FILTERS = st.lists(STRIPPED, max_size=2).map(tuple)


def some(strategy: st.SearchStrategy[Any], size: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=size).map(tuple)


ENTITIES = st.builds(Entity, NAMES, st.sampled_from(EntityType), TEXTS, TEXTS, TEXTS)


@st.composite
def dimensions(draw: st.DrawFn) -> Dimension:
    """A grain is declared or it is the day; who says when a row begins to be valid speaks of validity."""
    declared, valid = draw(st.booleans()), draw(st.booleans())
    return Dimension(
        draw(NAMES),
        draw(st.sampled_from(DimensionType)),
        draw(TEXTS),
        draw(TEXTS),
        draw(st.booleans()),
        draw(GRAINS) if declared else TimeGranularity.DAY,
        valid and draw(st.booleans()),
        valid and draw(st.booleans()),
        draw(TEXTS),
        declared,
        valid,
    )


MEASURES = st.builds(
    Measure,
    NAMES,
    st.sampled_from(Aggregation),
    TEXTS,
    TEXTS,
    TEXTS,
    st.fixed_dictionaries(
        {}, optional={"percentile": st.floats(0, 1), "use_discrete_percentile": st.booleans()}
    ),
    st.none() | st.builds(NonAdditiveDimension, NAMES, st.sampled_from(["min", "max"]), some(NAMES)),
    label=TEXTS,
)
RELATIONS = st.one_of(
    NAMES, st.builds(".".join, st.lists(NAMES, min_size=2, max_size=3)), st.just("odd-name.t")
)
MODELS = st.builds(
    SemanticModel,
    NAMES,
    RELATIONS,
    TEXTS,
    TEXTS,
    TEXTS,
    some(ENTITIES),
    some(dimensions()),
    some(MEASURES),
    FACTS,
    TEXTS,
)
MEASURED = st.builds(MetricInput, NAMES, FILTERS, TEXTS, st.none() | st.integers(0, 9), st.booleans())
TAKEN = st.builds(MetricInput, NAMES, FILTERS, TEXTS, offset_window=TEXTS, offset_to_grain=TEXTS)
WINDOWS = st.fixed_dictionaries(
    {},
    optional={
        "window": TEXTS.filter(bool),
        "grain_to_date": GRAINS.map(str),
        "period_agg": st.sampled_from(["first", "last"]),
    },
)
CONVERSIONS = st.fixed_dictionaries(
    {
        "conversion_type_params": st.fixed_dictionaries(
            {"base_measure": MEASURED, "conversion_measure": MEASURED, "entity": NAMES},
            optional={"window": TEXTS.filter(bool)},
        )
    }
)
COMMON = {
    "description": TEXTS,
    "label": TEXTS,
    "filters": FILTERS,
    "time_granularity": st.none() | GRAINS,
    "governance": FACTS,
    "hidden": st.booleans(),
}
METRICS = st.one_of(
    st.builds(Metric, NAMES, st.just(MetricType.SIMPLE), measure=MEASURED, **COMMON),
    st.builds(Metric, NAMES, st.just(MetricType.CUMULATIVE), measure=MEASURED, params=WINDOWS, **COMMON),
    st.builds(Metric, NAMES, st.just(MetricType.RATIO), numerator=TAKEN, denominator=TAKEN, **COMMON),
    st.builds(
        Metric,
        NAMES,
        st.just(MetricType.DERIVED),
        inputs=st.lists(TAKEN, min_size=1, max_size=3).map(tuple),
        expr=TEXTS.filter(bool),
        **COMMON,
    ),
    st.builds(Metric, NAMES, st.just(MetricType.CONVERSION), params=CONVERSIONS, **COMMON),
)
GRAINS_OF_ONES_OWN = some(st.builds(CustomGranularity, NAMES, NAMES))
SPINES = st.one_of(
    some(
        NAMES.flatmap(
            lambda name: st.builds(
                TimeSpine, st.just(name), st.just(name), NAMES, GRAINS, GRAINS_OF_ONES_OWN, FACTS
            )
        )
    ),
    some(
        NAMES.flatmap(
            lambda name: st.builds(
                TimeSpine, st.just(name), st.just(f"a.b.{name}"), NAMES, GRAINS, GRAINS_OF_ONES_OWN, FACTS
            )
        )
    ),
)
QUERIES = st.builds(
    SavedQuery,
    NAMES,
    TEXTS,
    some(NAMES),
    some(TEXTS),
    FILTERS,
    some(TEXTS),
    st.none() | st.integers(0, 99),
    some(NAMES),
)
MANIFESTS = st.builds(
    SemanticManifest,
    st.lists(MODELS, min_size=1, max_size=3, unique_by=lambda one: one.name).map(tuple),
    st.lists(METRICS, max_size=4, unique_by=lambda one: one.name).map(tuple),
    SPINES,
    some(QUERIES),
)
