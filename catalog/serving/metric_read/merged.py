"""One manifest of everything that the metrics of a query are made of, and the SQL over it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar

from catalog.domain.draft import Draft, MetricContent
from catalog.domain.errors import Refused
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import SemanticModel, TimeSpine
from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.query import MetricQuery

_MANIFESTS: Final = 256
_QUERIES: Final = 1024
Named = TypeVar("Named", Metric, SemanticModel, TimeSpine)


@dataclass(frozen=True, slots=True)
class Closures:
    """The drafts of a query's metrics; they never change, so their digests stand for them."""

    digests: tuple[str, ...]
    drafts: tuple[Draft, ...] = field(compare=False)

    @classmethod
    def of(cls, drafts: Iterable[Draft]) -> "Closures":
        """These drafts."""
        every = tuple(drafts)
        return cls(tuple(one.digest for one in every), every)


@lru_cache(maxsize=_MANIFESTS)
def merged(closures: Closures) -> SemanticManifest:
    """One manifest of all closures; two parts of one name must be one and the same.

    A time spine without a product is there only where no other is: what reads it is refused by name. A spine
    and a model of one name must read the same relation of the same product.
    """
    contents = [one.content for one in closures.drafts if isinstance(one.content, MetricContent)]
    manifests = [one.closure for one in contents]
    models = _same("semantic model", (one for each in manifests for one in each.semantic_models))
    metrics = _same("metric", (one for each in contents for one in (*each.closure.metrics, each.metric)))
    spines = _same("time spine", (one for each in manifests for one in each.time_spines))
    spines = {name: one for name, one in spines.items() if one.product} or spines
    for name, spine in spines.items():
        model = models.get(name)
        if model and (model.product, model.relation) != (spine.product, spine.relation):
            raise _apart("relation", name)
    return SemanticManifest(tuple(models.values()), tuple(metrics.values()), tuple(spines.values()))


@lru_cache(maxsize=_QUERIES)
def compiled(closures: Closures, query: MetricQuery) -> CompiledQuery:
    """The SQL of a query over relations that are named as the semantic models and time spines."""
    manifest = merged(closures)
    relations = {one.name: one.name for one in manifest.relations}
    return compile_query(manifest, query, relations=relations, bind=True)


def _same(kind: str, parts: Iterable[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for one in parts:
        if found.setdefault(one.name, one) != one:
            raise _apart(kind, one.name)
    return found


def _apart(kind: str, name: str) -> Refused:
    finding = FindingCode.METRIC_QUERY_NOT_JOINABLE.found(
        f"The asked metrics define the {kind} {name} differently.", remedy="Ask for them in separate queries."
    )
    return Refused(finding.message, findings=[finding])
