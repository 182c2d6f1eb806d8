"""A semantic model over the rows of a pre-aggregation, in place of the model it was built from."""

from dataclasses import replace
from functools import partial

from catalog.domain.rollup import BuiltRollup, PreAggregation
from catalog.domain.semantic_model import Dimension, DimensionType, Measure, SemanticModel
from catalog.metrics.lookup import primary_entity
from catalog.metrics.rolled_up_measure import RolledUpMeasure, is_exact


def rolled_up_model(
    model: SemanticModel, one: PreAggregation, built: BuiltRollup, dialect: str = "duckdb"
) -> SemanticModel:
    """The model with what the pre-aggregation has: a query that needs more cannot be compiled over it.

    Measures are left out that would not be exact.
    """
    types = dict(built.types)
    measures = (measure for measure in model.measures if measure.name in one.measures)
    return replace(
        model,
        primary_entity=primary_entity(model),
        entities=tuple(
            replace(each, expr=each.name) for each in model.entities if each.name in one.dimensions
        ),
        dimensions=tuple(filter(None, map(partial(_dimension, one=one), model.dimensions))),
        measures=tuple(
            _measure(measure, types[measure.name])
            for measure in measures
            if is_exact(measure.agg, types[measure.name], dialect)
        ),
    )


def _dimension(dimension: Dimension, one: PreAggregation) -> Dimension | None:
    if dimension.type is DimensionType.TIME:
        coarse = replace(dimension, expr=dimension.name, granularity=one.granularity)
        return coarse if dimension.name == one.time_dimension else None
    return replace(dimension, expr=dimension.name) if dimension.name in one.dimensions else None


def _measure(measure: Measure, kept_as: str) -> Measure:
    return RolledUpMeasure(
        name=measure.name,
        agg=measure.agg,
        expr=measure.name,
        description=measure.description,
        agg_time_dimension=measure.agg_time_dimension,
        non_additive_dimension=measure.non_additive_dimension,
        create_metric=measure.create_metric,
        label=measure.label,
        metric=measure.metric,
        approximate=measure.approximate,
        place=measure.place,
        kept_as=kept_as,
    )
