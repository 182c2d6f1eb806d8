"""Only different values are estimated, and only where it is said of what counts them."""

from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import APPROXIMATE, Aggregation, Measure
from catalog.metrics.lookup import Lookup

_OF_MEASURE: Final = (
    f"Say {APPROXIMATE} under config.meta of the measure, or of a metric that says its own agg."
)


def check(lookup: Lookup) -> Iterator[Finding]:
    """What `config.meta.approximate` says of measures, models and metrics."""
    counting = set[str]()
    for model in lookup.manifest.semantic_models:
        if APPROXIMATE in model.governance.custom:
            message = f"The semantic model {model.name} says {APPROXIMATE}, and has no value itself."
            yield FindingCode.AGGREGATION_INVALID.at(model.place, message, remedy=_OF_MEASURE)
        for measure in model.measures:
            counting |= {measure.metric}
            for what, remedy in _faults(measure):
                message = f"The measure {measure.name} {what}."
                yield FindingCode.AGGREGATION_INVALID.at(measure.place, message, remedy=remedy)
    for metric in lookup.manifest.metrics:
        if APPROXIMATE in metric.governance.custom and metric.name not in counting:
            message = f"The metric {metric.name} says {APPROXIMATE}, and aggregates nothing itself."
            yield FindingCode.AGGREGATION_INVALID.at(metric.place, message, remedy=_OF_MEASURE)


def _faults(measure: Measure) -> Iterator[tuple[str, str]]:
    said = measure.approximate
    if said is None:
        return
    if not isinstance(said, bool):
        yield (
            f"says {APPROXIMATE}: {str(said)[:32]!r}",
            "Write true, or take it out to have the exact number.",
        )
    elif said and measure.agg is not Aggregation.COUNT_DISTINCT:
        remedy = "Take it out; a percentile is estimated with agg_params.use_approximate_percentile."
        yield f"is a {measure.agg} that says {APPROXIMATE}: only a count_distinct can be estimated", remedy
