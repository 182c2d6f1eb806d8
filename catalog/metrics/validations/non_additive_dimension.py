"""A measure that may not be summed over a dimension names a time dimension and entities of its model."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension, DimensionType, Entity
from catalog.metrics.lookup import Lookup, element_of


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every measure with a non_additive_dimension."""
    for model in lookup.manifest.semantic_models:
        for measure in (one for one in model.measures if one.non_additive_dimension):
            over = measure.non_additive_dimension
            assert over is not None
            time = element_of(model, over.name)
            wrong = [
                name for name in over.window_groupings if not isinstance(element_of(model, name), Entity)
            ]
            if not isinstance(time, Dimension) or time.type is not DimensionType.TIME:
                wrong = [over.name, *wrong]
            for name in wrong:
                yield FindingCode.AGGREGATION_INVALID.at(
                    measure.place,
                    f"The non_additive_dimension of {measure.name} names {name}, which it may not.",
                    remedy=f"Name a time dimension of {model.name}, and its entities as window_groupings.",
                )
            if over.window_choice not in {"min", "max"}:
                yield FindingCode.AGGREGATION_INVALID.at(
                    measure.place,
                    f"The window_choice of {measure.name} is {over.window_choice!r}.",
                    remedy="Choose min for the first moment of the window, max for the last.",
                )
