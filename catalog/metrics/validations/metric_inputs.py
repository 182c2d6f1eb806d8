"""The metrics and measures that a metric names exist, and none leads back to it."""

from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.metrics import support
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import inputs_of

# What dbt lets stand until somebody asks for the metric.
LEFT_OPEN: Final = frozenset({(MetricType.CUMULATIVE, "measure"), (MetricType.DERIVED, "expr")})


def check(lookup: Lookup) -> Iterator[Finding]:
    """Each metric of the manifest by itself; a measure is a metric where it is created as one."""
    models = lookup.manifest.semantic_models
    declared = {one.name for one in lookup.manifest.metrics}
    declared |= {one.name for model in models for one in model.measures if one.create_metric}
    undecided = _undecided(lookup)
    for metric in lookup.manifest.metrics:
        for word in support.lacked(metric):
            if (metric.type, word) not in LEFT_OPEN:
                yield support.lacking(metric, word)
        other = metric.params.get("other_measure")
        for measured in (*metric.measures, *([MetricInput(str(other))] if other else [])):
            if measured.name not in lookup.measures and "semantic_model" not in metric.params:
                yield support.unknown_measure(metric, lookup, measured)
        for one in inputs_of(metric):
            if one.name not in declared and metric.type is not MetricType.CUMULATIVE:
                yield support.unknown_input(metric, one, lookup)
        if metric.name in undecided and _leads_back(metric, lookup):
            yield support.cycle(metric)


def _undecided(lookup: Lookup) -> frozenset[str]:
    """The metrics that are left when those made of nothing that is left are taken away, again and again."""
    waiting = {
        one.name: {part.name for part in inputs_of(one)} & lookup.metrics.keys()
        for one in lookup.manifest.metrics
    }
    users: dict[str, list[str]] = {}
    for name, inputs in waiting.items():
        for one in inputs:
            users.setdefault(one, []).append(name)
    ready = [name for name in lookup.metrics if not waiting.get(name)]
    while ready:
        done = ready.pop()
        waiting.pop(done, None)
        for user in users.get(done, ()):
            waiting[user].discard(done)
            if not waiting[user]:
                ready.append(user)
    return frozenset(waiting)


def _leads_back(metric: Metric, lookup: Lookup) -> bool:
    met, queue = set[str](), [metric]
    while queue:
        for one in inputs_of(queue.pop()):
            if one.name == metric.name:
                return True
            if one.name not in met and one.name in lookup.metrics:
                met.add(one.name)
                queue.append(lookup.metrics[one.name])
    return False
