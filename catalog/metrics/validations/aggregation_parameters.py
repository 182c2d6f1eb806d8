"""A percentile says which one it is."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Aggregation
from catalog.metrics.aggregation import percentile_of
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every measure that aggregates to a percentile."""
    for model in lookup.manifest.semantic_models:
        for measure in model.measures:
            if measure.agg is Aggregation.PERCENTILE and percentile_of(measure.agg_params) is None:
                yield FindingCode.AGGREGATION_INVALID.at(
                    measure.place,
                    f"The measure {measure.name} does not say which percentile it is.",
                    remedy="Set agg_params.percentile to a number between 0 and 1.",
                )
