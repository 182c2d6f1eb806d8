"""Pre-aggregations in a read: which ones are declared, which are fresh, and which one answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from catalog.bootstrap import Services
from catalog.domain.dataset import Dataset
from catalog.domain.metric import SemanticManifest
from catalog.domain.rollup import PreAggregation
from catalog.domain.semantic_model import SemanticModel
from catalog.manifests.digest import digest_of
from catalog.metrics.compile import CompiledQuery
from catalog.metrics.query import MetricQuery
from catalog.metrics.rollup.building import rollup_query
from catalog.metrics.rollup.choice import Candidate, Chosen, choose, relation_of
from catalog.metrics.rollup.declaration import declared
from catalog.serving.metric_read.evidence import Evidence
from catalog.serving.metric_read.merged import Closures, compiled, merged
from catalog.store.unit_of_work import StoreUnit

_REMEMBERED: Final = 1024


@dataclass(frozen=True, slots=True)
class DeclaredRollup:
    """A pre-aggregation of a model, and the digest of everything that decides its rows but the data."""

    model: SemanticModel = field(compare=False)
    declared: PreAggregation
    definition: str


@dataclass(frozen=True, slots=True)
class Rolled:
    """The query as it is run, over these datasets; `names` are the pre-aggregations that answer."""

    plan: CompiledQuery
    datasets: tuple[Dataset, ...]
    names: tuple[str, ...]


@lru_cache(maxsize=_REMEMBERED)
def rollups_of(closures: Closures, engine: str) -> tuple[DeclaredRollup, ...]:
    """Every pre-aggregation that the metrics' models declare, as this engine builds it."""
    return tuple(_declared(merged(closures), engine))


def fresh(
    closures: Closures, evidence: Mapping[str, Evidence], engine: str, unit: StoreUnit
) -> tuple[tuple[DeclaredRollup, Candidate], ...]:
    """Those that this engine built from the very data that the query would read."""
    wanted = {one.definition: one for one in rollups_of(closures, engine) if one.model.name in evidence}
    found = []
    for built in unit.rollups.of(wanted) if wanted else ():
        one = wanted[built.definition]
        if built.source == evidence[one.model.name].dataset.fingerprint:
            found.append((one, Candidate(one.declared, built)))
    return tuple(found)


def rolled(
    closures: Closures,
    query: MetricQuery,
    candidates: tuple[tuple[DeclaredRollup, Candidate], ...],
    evidence: Mapping[str, Evidence],
    services: Services,
) -> Rolled:
    """The query over pre-aggregations where they give the same answer, else over the data itself."""
    chosen = _chosen(closures, query, tuple(candidate for _, candidate in candidates))
    datasets = {name: one.dataset for name, one in evidence.items()}
    for model, one in chosen.rollups.items():
        dataset = services.rollup_files.open(one.built.file, one.built.fingerprint, relation_of(one))
        if dataset is None:  # somebody removed or changed the file: the data itself answers
            return rolled(closures, query, (), evidence, services)
        datasets[model] = dataset
    names = tuple(str(one.declared) for one in chosen.rollups.values())
    return Rolled(chosen.compiled, tuple(datasets.values()), names)


@lru_cache(maxsize=_REMEMBERED)
def _chosen(closures: Closures, query: MetricQuery, candidates: tuple[Candidate, ...]) -> Chosen:
    plan = compiled(closures, query)
    if not candidates:
        return Chosen(plan, {})
    manifest = merged(closures)
    return choose(manifest, query, plan, {one.name: one.name for one in manifest.relations}, candidates)


def _declared(manifest: SemanticManifest, engine: str) -> Iterator[DeclaredRollup]:
    for model in manifest.semantic_models:
        for one in declared(model):
            query = rollup_query(model, one)
            decides = {
                "columns": dict(query.columns),
                "engine": engine,  # hashes and types are its own
                "name": str(one),
                "product": model.product,
                "relation": model.relation,
                "sql": query.sql,
            }
            yield DeclaredRollup(model, one, digest_of(decides))
