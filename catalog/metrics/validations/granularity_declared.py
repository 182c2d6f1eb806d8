"""A time dimension says by which grain its values are kept."""

from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import DimensionType
from catalog.metrics.lookup import Lookup

# The day from which dbt refuses such a dimension, and we with it.
ERROR_FROM: Final = "2027-01-01"


def check(lookup: Lookup) -> Iterator[Finding]:
    """Time dimensions without time_granularity: taken by the day for now."""
    for model in lookup.manifest.semantic_models:
        for one in model.dimensions:
            if one.type is DimensionType.TIME and not one.granularity_declared:
                yield FindingCode.TIME_GRANULARITY_MISSING.at(
                    one.place,
                    f"The time dimension {one.name} of {model.name} declares no time_granularity and is taken "
                    f"by the day; from {ERROR_FROM} this is an error.",
                    remedy="Set type_params.time_granularity.",
                    level=Level.FUTURE_ERROR,
                )
