"""A percentile says which one it is, and no other aggregation does."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Aggregation, Measure
from catalog.metrics.aggregation import percentile_of
from catalog.metrics.lookup import Lookup

_MEDIAN = 0.5


def check(lookup: Lookup) -> Iterator[Finding]:
    """The parameters of every measure."""
    for model in lookup.manifest.semantic_models:
        for measure in model.measures:
            for what, remedy in _faults(measure):
                message = f"The measure {measure.name} {what}."
                yield FindingCode.AGGREGATION_INVALID.at(measure.place, message, remedy=remedy)


def _faults(measure: Measure) -> Iterator[tuple[str, str]]:
    said = {key: value for key, value in measure.agg_params.items() if value}
    if measure.agg is Aggregation.PERCENTILE:
        if percentile_of(measure.agg_params) is None:
            yield "does not say which percentile it is", "Set the percentile to a number between 0 and 1."
    elif measure.agg is Aggregation.MEDIAN:
        if measure.agg_params.get("percentile", _MEDIAN) != _MEDIAN:
            yield "is a median with another percentile", "Take the percentile out, or set it to 0.5."
        if "use_discrete_percentile" in said:
            yield "is a median, which is not discrete", "Make it a discrete percentile of 0.5."
    elif said:
        words = ", ".join(sorted(said))
        yield f"is a {measure.agg} with parameters of percentiles: {words}", "Take the parameters out."
