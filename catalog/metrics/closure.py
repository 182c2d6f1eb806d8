"""What a metric needs of its manifest, and no more: the part that a draft is made from."""

from collections.abc import Iterable, Iterator
from itertools import chain

from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import SemanticModel
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.filter import parse_filter
from catalog.metrics.join_rule import JoinRule, judge_join
from catalog.metrics.lookup import Lookup, lookup_of
from catalog.metrics.support import inputs_of


def closure(metric: Metric, manifest: SemanticManifest) -> SemanticManifest:
    """The metric, all metrics it is made of, their models, and every model that those may be joined to.

    Metrics and models stand in the manifest's order, the metric itself first.
    """
    lookup = lookup_of(manifest)
    metrics = _with_inputs(metric, lookup)
    named = {measured.name for one in metrics.values() for measured in one.measures}
    models = frozenset(lookup.measures[name][0].name for name in named & lookup.measures.keys())
    return SemanticManifest(
        _joined(models, lookup),
        (metric, *_in_order(metrics.keys() - {metric.name}, lookup)),
        manifest.time_spines,
    )


def _with_inputs(metric: Metric, lookup: Lookup) -> dict[str, Metric]:
    met, queue = {metric.name: metric}, [metric]
    while queue:
        for name in _named_metrics(queue.pop()):
            if name not in met and name in lookup.metrics:
                met[name] = lookup.metrics[name]
                queue.append(met[name])
    return met


def _named_metrics(metric: Metric) -> Iterator[str]:
    """The inputs of a metric, and the metrics that its filters look at."""
    inputs = inputs_of(metric)
    yield from (one.name for one in inputs)
    texts = (*metric.filters, *(text for one in (*inputs, *metric.measures) for text in one.filters))
    for text in texts:
        try:
            yield from (one.metric for one in parse_filter(text).references if one.metric)
        except ExpressionRefused:
            continue


def _in_order(names: Iterable[str], lookup: Lookup) -> list[Metric]:
    """The manifest's metrics of these names; where they stand is remembered."""
    places: dict[str, list[int]] | None = lookup.of_metrics.get("places")
    if places is None:
        places = lookup.of_metrics["places"] = {}
        for place, one in enumerate(lookup.manifest.metrics):
            places.setdefault(one.name, []).append(place)
    found = sorted(chain.from_iterable(places.get(name, ()) for name in names))
    return [lookup.manifest.metrics[place] for place in found]


def _joined(names: frozenset[str], lookup: Lookup) -> tuple[SemanticModel, ...]:
    """These models and all that they join to without repeating rows, over any number of joins. Remembered."""
    known: tuple[SemanticModel, ...] | None = lookup.remembered.get(("joined", names))
    if known is not None:
        return known
    found, queue = set(names), sorted(names)
    while queue:
        for left in lookup.models[queue.pop()].entities:
            for model, right in lookup.joinable[left.name]:
                if model.name not in found and judge_join(left.type, right.type) is not JoinRule.FAN_OUT:
                    found.add(model.name)
                    queue.append(model.name)
    models = tuple(one for one in lookup.manifest.semantic_models if one.name in found)
    lookup.remembered["joined", names] = models
    return models
