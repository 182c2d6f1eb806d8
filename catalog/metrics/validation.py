"""Judging a semantic manifest: every rule runs, all findings come together, each with its place."""

from collections.abc import Callable, Iterator
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.metric import SemanticManifest
from catalog.metrics.lookup import Lookup, lookup_of
from catalog.metrics.validations import (
    agg_time_dimension,
    aggregation_parameters,
    consistent_dimensions,
    conversion_measures,
    entities,
    expressions,
    filters,
    input_names,
    metric_grain,
    metric_inputs,
    metrics_served,
    name_syntax,
    non_additive_dimension,
    saved_queries,
    time_spines,
    unique_names,
    validity_windows,
)

RULES: Final[tuple[Callable[[Lookup], Iterator[Finding]], ...]] = (
    name_syntax.check,
    unique_names.check,
    entities.check,
    agg_time_dimension.check,
    aggregation_parameters.check,
    non_additive_dimension.check,
    expressions.check,
    metric_inputs.check,
    filters.check,
    input_names.check,
    metric_grain.check,
    conversion_measures.check,
    consistent_dimensions.check,
    validity_windows.check,
    time_spines.check,
    saved_queries.check,
    metrics_served.check,
)


def validate(manifest: SemanticManifest) -> tuple[Finding, ...]:
    """All findings of all rules, each once; an error means that some metric has no right number.

    Whether columns exist and keys are unique is not promised: only the data knows.
    """
    lookup = lookup_of(manifest)
    return tuple(dict.fromkeys(finding for check in RULES for finding in check(lookup)))
