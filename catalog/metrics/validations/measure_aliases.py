"""A measure under different filters in one metric has an alias for each, which names nothing else."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricInput
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import MAX_NESTING, inputs_of
from catalog.metrics.validations.name_syntax import name_faults

_Taken = tuple[str, tuple[str, ...], str, int | None, bool]


def check(lookup: Lookup) -> Iterator[Finding]:
    """All measures that a metric takes itself and through its inputs."""
    found: dict[str, frozenset[_Taken]] = {}
    aliases: dict[str, str] = {}
    measures = {one.name for model in lookup.manifest.semantic_models for one in model.measures}
    for metric in lookup.manifest.metrics:
        taken = _taken(metric, lookup, found, frozenset())
        if _has_unnamed(taken):
            yield _ambiguous(metric, "takes a measure under different filters without an alias for each")
        for alias in (one.alias for one in metric.measures if one.alias):
            yield from name_faults(alias, metric.place)
            if alias in measures:
                yield _ambiguous(metric, f"gives a measure the alias {alias}, which is the name of a measure")
            if aliases.setdefault(alias, metric.name) != metric.name:
                yield _ambiguous(
                    metric, f"gives a measure the alias {alias}, which it has in {aliases[alias]} too"
                )


def _taken(
    metric: Metric, lookup: Lookup, found: dict[str, frozenset[_Taken]], above: frozenset[str]
) -> frozenset[_Taken]:
    if metric.name in above or len(above) > MAX_NESTING:
        return frozenset()
    if metric.name not in found:
        own = frozenset(_key(one) for one in metric.measures if not _of_metric(one, lookup))
        inputs = () if own else (lookup.metrics.get(one.name) for one in inputs_of(metric))
        below = (_taken(one, lookup, found, above | {metric.name}) for one in inputs if one)
        found[metric.name] = own.union(*below)
    return found[metric.name]


def _of_metric(one: MetricInput, lookup: Lookup) -> bool:
    return one.name in lookup.measures and bool(lookup.measures[one.name][1].metric)


def _key(one: MetricInput) -> _Taken:
    return (one.name, one.filters, one.alias, one.fill_nulls_with, one.join_to_timespine)


def _has_unnamed(taken: frozenset[_Taken]) -> bool:
    names = [one[0] for one in taken]
    return any(filters and not alias and names.count(name) > 1 for name, filters, alias, *_ in taken)


def _ambiguous(metric: Metric, what: str) -> Finding:
    return FindingCode.MEASURE_ALIAS_AMBIGUOUS.at(
        metric.place, f"The metric {metric.name} {what}.", remedy="Give each use an alias of its own."
    )
