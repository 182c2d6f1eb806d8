"""One manifest of the closures of several metrics, in which a query may ask for them together."""

from collections.abc import Iterable
from typing import TypeVar

from catalog.domain.draft import MetricContent
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import SemanticModel, TimeSpine
from catalog.metrics.errors import QueryRefused

Named = TypeVar("Named", Metric, SemanticModel, TimeSpine)


def merged(contents: Iterable[MetricContent]) -> SemanticManifest:
    """One manifest of all closures; two parts of one name must be one and the same, else `QueryRefused`.

    A time spine without a product is there only where no other is: what reads it is refused by name. A spine
    and a model of one name must read the same relation of the same product.
    """
    each = tuple(contents)
    manifests = [one.closure for one in each]
    models = _same("semantic model", (one for part in manifests for one in part.semantic_models))
    metrics = _same("metric", (one for part in each for one in (*part.closure.metrics, part.metric)))
    spines = _same("time spine", (one for part in manifests for one in part.time_spines))
    spines = {name: one for name, one in spines.items() if one.product} or spines
    for name, spine in spines.items():
        model = models.get(name)
        if model and (model.product, model.relation) != (spine.product, spine.relation):
            raise _apart("relation", name)
    return SemanticManifest(tuple(models.values()), tuple(metrics.values()), tuple(spines.values()))


def _same(kind: str, parts: Iterable[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for one in parts:
        if found.setdefault(one.name, one) != one:
            raise _apart(kind, one.name)
    return found


def _apart(kind: str, name: str) -> QueryRefused:
    finding = FindingCode.METRIC_QUERY_NOT_JOINABLE.found(
        f"The asked metrics define the {kind} {name} differently.", remedy="Ask for them in separate queries."
    )
    return QueryRefused(finding.message, findings=[finding])
