"""One manifest of everything that the metrics of a query are made of, and the SQL over it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from catalog.domain.draft import Draft, MetricContent
from catalog.domain.metric import SemanticManifest
from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.merged import merged as merge
from catalog.metrics.query import MetricQuery

_MANIFESTS: Final = 256
_QUERIES: Final = 1024


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
    """One manifest of all closures; raises `QueryRefused` where they do not go together."""
    return merge(one.content for one in closures.drafts if isinstance(one.content, MetricContent))


@lru_cache(maxsize=_QUERIES)
def compiled(closures: Closures, query: MetricQuery) -> CompiledQuery:
    """The SQL of a query over relations that are named as the semantic models and time spines."""
    manifest = merged(closures)
    relations = {one.name: one.name for one in manifest.relations}
    return compile_query(manifest, query, relations=relations, bind=True)
