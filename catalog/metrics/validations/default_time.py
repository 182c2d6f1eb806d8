"""A model's default for `agg_time_dimension` is a time dimension of the model."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import DimensionType
from catalog.metrics.lookup import Lookup, similar


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every model that declares a default."""
    for model in lookup.manifest.semantic_models:
        times = [one.name for one in model.dimensions if one.type is DimensionType.TIME]
        default = model.default_agg_time_dimension
        if default and default not in times:
            yield FindingCode.AGG_TIME_DIMENSION_MISSING.at(
                model.place,
                f"The default agg_time_dimension {default} is no time dimension of {model.name}.",
                remedy=f"{similar(default, times)}Name a time dimension of the model.",
            )
