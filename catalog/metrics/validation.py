"""Judging a semantic manifest: every rule runs, all findings come together, each with its place."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from catalog.domain.finding import Finding, Level
from catalog.domain.metric import SemanticManifest
from catalog.metrics.lookup import Lookup, lookup_of
from catalog.metrics.validations import (
    agg_time_dimension,
    aggregation_parameters,
    approximations,
    consistent_dimensions,
    conversions,
    count_expression,
    default_time,
    dimension_owner,
    element_kinds,
    entities,
    exports,
    expression_inputs,
    expression_types,
    expressions,
    filters,
    filters_applicable,
    granularity_declared,
    input_aliases,
    inputs_open,
    labels,
    manifest_complete,
    measure_aliases,
    metric_fields,
    metric_grain,
    metric_inputs,
    metric_time,
    name_syntax,
    non_additive_dimension,
    pre_aggregations,
    reserved_words,
    saved_queries,
    time_spines,
    unique_names,
    validity_windows,
    windows,
)

Rule = Callable[[Lookup], Iterator[Finding]]

# What a definition must be, in dbt and here.
RULES: Final[tuple[Rule, ...]] = (
    name_syntax.check,
    reserved_words.check,
    unique_names.check,
    element_kinds.check,
    labels.check,
    entities.check,
    default_time.check,
    agg_time_dimension.check,
    granularity_declared.check,
    aggregation_parameters.check,
    count_expression.check,
    non_additive_dimension.check,
    expressions.check,
    metric_fields.check,
    metric_inputs.check,
    measure_aliases.check,
    input_aliases.check,
    windows.check,
    filters.check,
    metric_grain.check,
    conversions.check,
    consistent_dimensions.check,
    dimension_owner.check,
    validity_windows.check,
    time_spines.check,
    saved_queries.check,
    exports.check,
)

# What dbt lets stand, and nobody will get an answer from.
ANSWERABLE: Final[tuple[Rule, ...]] = (
    inputs_open.check,
    expression_inputs.check,
    expression_types.check,
    metric_time.check,
    filters_applicable.check,
    approximations.check,
    pre_aggregations.check,
)

# What a manifest must be that is to be used by itself.
WHOLE: Final[tuple[Rule, ...]] = (manifest_complete.check,)


def validate(manifest: SemanticManifest) -> tuple[Finding, ...]:
    """All findings of all rules, each once; an error means that dbt would refuse the manifest as well.

    A definition that dbt lets stand although no query of it can be answered is a warning: such a query is
    refused. Whether columns exist and keys are unique is not promised: only the data knows.
    """
    lookup = lookup_of(manifest)
    return _each_once((*_found(WHOLE, lookup), *_found(RULES, lookup), *_lowered(_found(ANSWERABLE, lookup))))


def validate_to_serve(manifest: SemanticManifest) -> tuple[Finding, ...]:
    """The same for a part of the catalog that is to be served: what nobody can get an answer from is an error."""
    lookup = lookup_of(manifest)
    return _each_once((*_found(RULES, lookup), *_found(ANSWERABLE, lookup)))


def _found(rules: tuple[Rule, ...], lookup: Lookup) -> Iterator[Finding]:
    for check in rules:
        yield from check(lookup)


def _lowered(findings: Iterator[Finding]) -> Iterator[Finding]:
    for one in findings:
        yield replace(one, level=Level.WARNING) if one.blocks else one


def _each_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
