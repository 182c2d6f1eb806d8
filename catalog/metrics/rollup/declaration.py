"""What a semantic model declares under `config.meta.pre_aggregations`, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.rollup import PreAggregation
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    SemanticModel,
    TimeGranularity,
)
from catalog.metrics.lookup import agg_time_dimension, element_of, primary_entity

KEPT: Final = frozenset(
    {
        Aggregation.AVERAGE,
        Aggregation.COUNT,
        Aggregation.COUNT_DISTINCT,
        Aggregation.MAX,
        Aggregation.MIN,
        Aggregation.SUM,
        Aggregation.SUM_BOOLEAN,
    }
)
_KEY: Final = "pre_aggregations"


def declared(model: SemanticModel) -> tuple[PreAggregation, ...]:
    """Every pre-aggregation of the model that is without fault."""
    return tuple(one for one, faults in _read(model) if one and not faults)


def declaration_faults(model: SemanticModel) -> Iterator[Finding]:
    """Why declared pre-aggregations cannot be built, or would not give the same answers."""
    for _, faults in _read(model):
        for fault in faults:
            yield FindingCode.PRE_AGGREGATION_INVALID.at(
                model.place, f"A pre-aggregation of {model.name} {fault}.", remedy=_REMEDY
            )


_REMEDY: Final = (
    "Give name, measures, dimensions (categorical ones and foreign entities) and granularity; "
    "percentiles cannot be aggregated ahead."
)


def _read(model: SemanticModel) -> Iterator[tuple[PreAggregation | None, list[str]]]:
    found = model.governance.custom.get(_KEY) or ()
    if not isinstance(found, list | tuple):
        yield None, ["is no item of a list"]
        return
    for item in found:
        if not isinstance(item, Mapping) or not item.get("name"):
            yield None, ["has no name"]
            continue
        grain = str(item.get("granularity", "")).lower()
        if grain not in set(TimeGranularity):
            yield None, [f"({item['name']}) has the granularity {grain!r}"]
            continue
        one = _declaration(model, item, TimeGranularity(grain))
        yield one, [f"({one.name}) {fault}" for fault in _faults(model, one)]


def _declaration(
    model: SemanticModel, item: Mapping[str, Any], granularity: TimeGranularity
) -> PreAggregation:
    return PreAggregation(
        model.name,
        str(item["name"]),
        _names(item.get("measures")),
        _names(item.get("dimensions")),
        str(item.get("time_dimension") or model.default_agg_time_dimension),
        granularity,
    )


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _faults(model: SemanticModel, one: PreAggregation) -> Iterator[str]:
    time = element_of(model, one.time_dimension)
    if not one.name.replace("_", "").isalnum():
        yield "has a name of other characters than letters, digits and _"
    if not primary_entity(model):
        yield "belongs to a model without a primary entity"
    if any(_is_bound_to_time(dimension) for dimension in model.dimensions):
        yield "belongs to a model whose rows are valid for a time or lie in partitions"
    if not isinstance(time, Dimension) or time.type is not DimensionType.TIME:
        yield f"names {one.time_dimension!r}, which is no time dimension"
    elif time.granularity.rank > one.granularity.rank:
        yield f"has the granularity {one.granularity}, finer than {time.granularity} of {time.name}"
    yield from _measure_faults(model, one)
    for name in one.dimensions:
        element = element_of(model, name)
        if isinstance(element, Entity) and element.type is EntityType.FOREIGN:
            continue
        if not isinstance(element, Dimension) or element.type is not DimensionType.CATEGORICAL:
            yield f"names {name!r}, which is neither a categorical dimension nor a foreign entity"


def _measure_faults(model: SemanticModel, one: PreAggregation) -> Iterator[str]:
    known = {measure.name: measure for measure in model.measures}
    if not one.measures:
        yield "has no measures"
    for name in one.measures:
        measure = known.get(name)
        if measure is None:
            yield f"names {name!r}, which is no measure"
            continue
        if measure.agg not in KEPT:
            yield f"names {name}, a {measure.agg} that is not made of parts"
        time, over = agg_time_dimension(model, measure), measure.non_additive_dimension
        if time is None or time.name != one.time_dimension or (over and over.name != one.time_dimension):
            yield f"names {name}, which counts by another time than {one.time_dimension}"


def _is_bound_to_time(one: Dimension) -> bool:
    return one.is_partition or one.validity_start or one.validity_end
