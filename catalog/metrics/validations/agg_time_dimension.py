"""Each measure of a model knows what `metric_time` means for it."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import DimensionType, Measure, SemanticModel
from catalog.metrics.lookup import Lookup, agg_time_dimension, similar


def check(lookup: Lookup) -> Iterator[Finding]:
    """A time dimension of the same model, named by the measure or as the model's default."""
    for model in lookup.manifest.semantic_models:
        yield from (
            lacking(model, one) for one in model.measures if not one.metric and is_lacking(model, one)
        )


def is_lacking(model: SemanticModel, measure: Measure) -> bool:
    """Whether the measure's `agg_time_dimension` is none of the model's time dimensions."""
    found = agg_time_dimension(model, measure)
    return found is None or found.type is not DimensionType.TIME


def lacking(model: SemanticModel, measure: Measure) -> Finding:
    """What is said of such a measure."""
    named = measure.agg_time_dimension or model.default_agg_time_dimension
    said = f"names {named}, which is no time dimension of {model.name}" if named else "has none"
    times = [one.name for one in model.dimensions if one.type is DimensionType.TIME]
    return FindingCode.AGG_TIME_DIMENSION_MISSING.at(
        measure.place,
        f"The agg_time_dimension of the measure {measure.name}: it {said}.",
        remedy=f"{similar(named, times)}Set agg_time_dimension or the model's default.",
    )
