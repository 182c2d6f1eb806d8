"""Choosing a pre-aggregation for a query, where one gives the same answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from catalog.domain.errors import Refused
from catalog.domain.metric import SemanticManifest
from catalog.domain.rollup import BuiltRollup, PreAggregation
from catalog.domain.semantic_model import Dimension, SemanticModel
from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.lookup import element_of
from catalog.metrics.plan.count_conversions import CountConversions
from catalog.metrics.query import MetricQuery
from catalog.metrics.render import tree_of
from catalog.metrics.rollup.rolled_up_model import rolled_up_model
from catalog.metrics.rollup.same_answer import sees_no_finer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pre-aggregation that was built from the data as it is."""

    declared: PreAggregation
    built: BuiltRollup


@dataclass(frozen=True, slots=True)
class Chosen:
    """The query as it is run: `rollups` stand in for the models that they are named by."""

    compiled: CompiledQuery
    rollups: Mapping[str, Candidate]


def choose(
    manifest: SemanticManifest,
    query: MetricQuery,
    compiled: CompiledQuery,
    relations: Mapping[str, str],
    candidates: Iterable[Candidate],
    *,
    dialect: str = "duckdb",
) -> Chosen:
    """The query over as many pre-aggregations as give the same answer, the smallest first; else as it was.

    `relations` name each model's relation by the model; a pre-aggregation's is `model__name`. In another dialect
    than DuckDB's averages are taken from rows.
    """
    chosen = Chosen(compiled, {})
    if any(isinstance(one, CountConversions) for one in compiled.plan.walk()) or not query.metrics:
        return chosen
    for one in sorted(candidates, key=lambda each: (each.built.rows, -each.declared.granularity.rank)):
        if one.declared.model not in chosen.rollups and _keeps_the_time(manifest, compiled, one):
            chosen = _with(one, manifest, query, relations, chosen, dialect=dialect)
    return chosen


def _with(
    one: Candidate,
    manifest: SemanticManifest,
    query: MetricQuery,
    relations: Mapping[str, str],
    chosen: Chosen,
    *,
    dialect: str,
) -> Chosen:
    rollups = {**chosen.rollups, one.declared.model: one}
    try:
        compiled = compile_query(
            replace(
                manifest,
                semantic_models=tuple(_in_place(each, rollups, dialect) for each in manifest.semantic_models),
            ),
            query,
            dialect=dialect,
            relations={**relations, **{name: relation_of(each) for name, each in rollups.items()}},
            bind=True,
        )
    except Refused:  # it needs what the pre-aggregation does not have
        return chosen
    return Chosen(compiled, rollups) if compiled.columns == chosen.compiled.columns else chosen


def relation_of(one: Candidate) -> str:
    """The name under which a query reads it."""
    return f"{one.declared.model}__{one.declared.name}"


def _keeps_the_time(manifest: SemanticManifest, compiled: CompiledQuery, one: Candidate) -> bool:
    model = next((each for each in manifest.semantic_models if each.name == one.declared.model), None)
    time = element_of(model, one.declared.time_dimension) if model else None
    if model is None or not isinstance(time, Dimension) or model.name not in compiled.models:
        return False
    if one.built.exact_time and time.granularity is one.declared.granularity:
        return True
    tree = tree_of(compiled.plan, "duckdb")
    return sees_no_finer(tree, model, time, one.declared.granularity, compiled.parameters)


def _in_place(model: SemanticModel, rollups: Mapping[str, Candidate], dialect: str) -> SemanticModel:
    one = rollups.get(model.name)
    return rolled_up_model(model, one.declared, one.built, dialect) if one else model
