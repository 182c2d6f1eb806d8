"""The query that builds a pre-aggregation: the compiler's own, so that parts are counted as rows would be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.rollup import PreAggregation
from catalog.domain.semantic_model import Aggregation, Measure, SemanticModel
from catalog.metrics.compile import compile_query
from catalog.metrics.lookup import element_of, primary_entity
from catalog.metrics.query import MetricQuery
from catalog.metrics.rolled_up_measure import COUNTED

INEXACT: Final = "exact__time"


@dataclass(frozen=True, slots=True)
class RollupQuery:
    """SQL over the relation named as the model; `columns` are the names under which its output is kept.

    The output column `INEXACT`, which is not kept, counts rows whose time was cut to the grain.
    """

    sql: str
    columns: Mapping[str, str]


def rollup_query(model: SemanticModel, one: PreAggregation) -> RollupQuery:
    """The query over the rows of `model`; raises `QueryRefused` for what cannot be read."""
    measures = {part.name: part for part in _parts(model, one)}
    bare = replace(model, measures=tuple(measures.values()))
    metrics = tuple(Metric(name, MetricType.SIMPLE, measure=MetricInput(name)) for name in measures)
    prefix = primary_entity(model)
    time = f"{prefix}__{one.time_dimension}__{one.granularity}"
    entities = {entity.name for entity in model.entities}
    keys = {name if name in entities else f"{prefix}__{name}": name for name in one.dimensions}
    compiled = compile_query(
        SemanticManifest((bare,), metrics),
        MetricQuery(tuple(measures), (*keys, time)),
        relations={model.name: model.name},
    )
    kept = {name: name for name in measures if name != INEXACT}
    return RollupQuery(compiled.sql, {**keys, time: one.time_dimension, **kept})


def _parts(model: SemanticModel, one: PreAggregation) -> Iterable[Measure]:
    """What is aggregated: the measures themselves, the two parts of averages, and how exact the time is."""
    for measure in (each for each in model.measures if each.name in one.measures):
        plain = replace(measure, non_additive_dimension=None, create_metric=False)
        if measure.agg is Aggregation.AVERAGE:
            expr = measure.expr or measure.name
            yield replace(plain, agg=Aggregation.SUM, expr=expr)
            yield replace(plain, name=measure.name + COUNTED, agg=Aggregation.COUNT, expr=expr)
        else:
            yield replace(plain, expr=measure.expr or measure.name)
    time = element_of(model, one.time_dimension)
    moment = (time.expr if time else "") or one.time_dimension
    cut = f"date_trunc('{one.granularity}', {moment}) <> {moment}"
    yield Measure(INEXACT, Aggregation.SUM_BOOLEAN, cut, agg_time_dimension=one.time_dimension)
