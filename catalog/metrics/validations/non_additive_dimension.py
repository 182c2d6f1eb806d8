"""A measure that may not be summed over a dimension names a time dimension and entities of its model."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import (
    Dimension,
    DimensionType,
    Entity,
    Measure,
    NonAdditiveDimension,
    SemanticModel,
)
from catalog.metrics.lookup import Lookup, agg_time_dimension, element_of


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every measure with a non_additive_dimension."""
    for model in lookup.manifest.semantic_models:
        for measure in model.measures:
            if over := measure.non_additive_dimension:
                for what, remedy in _faults(model, measure, over):
                    message = f"The non_additive_dimension of {measure.name} {what}."
                    yield FindingCode.AGGREGATION_INVALID.at(measure.place, message, remedy=remedy)


def _faults(model: SemanticModel, measure: Measure, over: NonAdditiveDimension) -> Iterator[tuple[str, str]]:
    remedy = f"Name a time dimension of {model.name}, and its entities as window_groupings."
    time, mine = element_of(model, over.name), agg_time_dimension(model, measure)
    if not isinstance(time, Dimension) or time.type is not DimensionType.TIME:
        yield f"names {over.name}, which it may not", remedy
    elif mine is None and measure.metric:
        yield "has no time of the metric to go by", f"Set agg_time_dimension to a time of {model.name}."
    elif mine and mine.granularity is not time.granularity:
        yield (
            f"is by the {time.granularity}, the measure's own time by the {mine.granularity}",
            "Take two times of the same granularity.",
        )
    for name in over.window_groupings:
        if not isinstance(element_of(model, name), Entity):
            yield f"names {name}, which it may not", remedy
    if over.window_choice not in {"min", "max"}:
        yield (
            f"has the window_choice {over.window_choice!r}",
            "Choose min for the first moment of the window, max for the last.",
        )
