"""A count says what it counts."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Aggregation
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every measure that counts rows."""
    for model in lookup.manifest.semantic_models:
        for measure in (one for one in model.measures if one.agg is Aggregation.COUNT):
            if not measure.expr:
                yield FindingCode.AGGREGATION_INVALID.at(
                    measure.place,
                    f"The count {measure.name} does not say what it counts.",
                    remedy="Set expr to a column, or to 1 for every row.",
                )
            elif measure.expr.lower().startswith("distinct "):
                yield FindingCode.AGGREGATION_INVALID.at(
                    measure.place,
                    f"The count {measure.name} is of distinct values, which cannot be added up.",
                    remedy="Set agg to count_distinct, and expr to the column alone.",
                )
