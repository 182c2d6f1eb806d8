"""The query that builds a pre-aggregation: the compiler's own, so that parts are counted as rows would be.

Different values are kept themselves, as one more thing that its rows are grouped by, or, where an estimate of them
is declared, as the register of each and the greatest rank in it. Whatever else is aggregated is aggregated again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlglot import exp

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.rollup import PreAggregation
from catalog.domain.semantic_model import Aggregation, Measure, SemanticModel
from catalog.metrics.estimate import rank_of, register_of
from catalog.metrics.lookup import element_of, lookup_of, primary_entity
from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.compute import Compute
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node
from catalog.metrics.planner import plan_query
from catalog.metrics.query import MetricQuery
from catalog.metrics.render import render
from catalog.metrics.rolled_up_measure import COUNTED, REGISTER, is_estimated

INEXACT: Final = "exact__time"


@dataclass(frozen=True, slots=True)
class RollupQuery:
    """SQL over the relation named as the model; `columns` are the names under which its output is kept.

    The output column `INEXACT`, which is not kept, counts rows whose time was cut to the grain.
    """

    sql: str
    columns: Mapping[str, str]


def rollup_query(model: SemanticModel, one: PreAggregation, dialect: str = "duckdb") -> RollupQuery:
    """The query over the rows of `model`; raises `QueryRefused` for what cannot be read."""
    measures = {part.name: part for part in _parts(model, one)}
    bare = replace(model, measures=tuple(measures.values()))
    metrics = tuple(Metric(name, MetricType.SIMPLE, measure=MetricInput(name)) for name in measures)
    prefix = primary_entity(model)
    time = f"{prefix}__{one.time_dimension}__{one.granularity}"
    entities = {entity.name for entity in model.entities}
    keys = {name if name in entities else f"{prefix}__{name}": name for name in one.dimensions}
    planned = plan_query(
        lookup_of(SemanticManifest((bare,), metrics)),
        MetricQuery(tuple(measures), (*keys, time)),
        {model.name: model.name},
    )
    distinct = {each.name: each for each in model.measures if each.agg is Aggregation.COUNT_DISTINCT}
    plan = _with_values(planned.plan, distinct)
    registers = [name + REGISTER for name in measures if name in distinct and is_estimated(distinct[name])]
    kept = {name: name for name in (*measures, *registers) if name != INEXACT}
    return RollupQuery(render(plan, dialect, planned.parameters), {**keys, time: one.time_dimension, **kept})


def _with_values(plan: Node, distinct: Mapping[str, Measure]) -> Node:
    """The plan that groups by what the measures in `distinct` count, or by its registers."""
    assert isinstance(plan, Compute)
    rows = plan.parent
    assert isinstance(rows, Aggregate)
    counted = [one for one in rows.measures if one.name in distinct]
    added = tuple(_key(one, rows.source, distinct[one.name]) for one in counted)
    values = {one.name for one in added}
    measures = tuple(
        _ranked(one) if one in counted else one for one in rows.measures if one.name not in values
    )
    return replace(
        plan,
        parent=replace(rows, keys=(*rows.keys, *added), measures=measures),
        keys=(*plan.keys, *(one.name for one in added)),
        metrics=tuple(one for one in plan.metrics if one.name not in values),
    )


def _key(one: AggregatedMeasure, relation: str, measure: Measure) -> Field:
    value = _counted(one)
    if is_estimated(measure):
        return Field(one.name + REGISTER, relation, one.name, register_of(value))
    return Field(one.name, relation, one.name, value)


def _ranked(one: AggregatedMeasure) -> AggregatedMeasure:
    return replace(one, aggregation=Aggregation.MAX, tree=exp.Max(this=rank_of(_counted(one))))


def _counted(one: AggregatedMeasure) -> exp.Expr:
    """The value whose different values are counted."""
    distinct = one.tree.this
    assert isinstance(distinct, exp.Distinct)
    value: exp.Expr = distinct.expressions[0]
    return value


def _parts(model: SemanticModel, one: PreAggregation) -> Iterable[Measure]:
    """What is aggregated: the measures themselves, the two parts of averages, and how exact the time is."""
    for measure in (each for each in model.measures if each.name in one.measures):
        plain = replace(measure, non_additive_dimension=None, create_metric=False, approximate=None)
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
