"""Each metric that aggregates by itself knows what `metric_time` means for it."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.metrics.lookup import Lookup
from catalog.metrics.validations.agg_time_dimension import is_lacking, lacking


def check(lookup: Lookup) -> Iterator[Finding]:
    """A time dimension of its model, named by the metric or as the model's default."""
    for model in lookup.manifest.semantic_models:
        yield from (lacking(model, one) for one in model.measures if one.metric and is_lacking(model, one))
