"""From a query to SQL: the one compiler under every protocol."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType
from typing import Final, TypeAlias

from catalog.domain.lineage import OutputColumn
from catalog.domain.metric import SemanticManifest
from catalog.metrics.dialect import dialect_named
from catalog.metrics.estimated_metrics import estimated_metrics
from catalog.metrics.kinds.plan_check import Kinds, declared_kinds, known_kinds, refuse_misfits
from catalog.metrics.lookup import Lookup, lookup_of
from catalog.metrics.parts import with_parts
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.planner import plan_query
from catalog.metrics.query import MetricQuery
from catalog.metrics.query_lineage import outputs_of
from catalog.metrics.render import render, tree_of

_AS_DECLARED: Final[Mapping[str, str]] = MappingProxyType({})
_MOST_KEPT: Final = 512


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """One SELECT, and the plan it came from; `parameters` are bound to `$1`, `$2`, …, where that was asked.

    `columns` are the output names, group-by items first; `models` are the semantic models that are read.
    `estimates` are the metrics that are not exact, with the relative standard error of what they are made of where
    it is known.
    """

    sql: str
    columns: tuple[str, ...]
    parameters: tuple[object, ...]
    models: tuple[str, ...]
    plan: Node
    estimates: Mapping[str, float | None] = field(default_factory=dict)

    def refuse_misfits(self, types: Mapping[str, Mapping[str, str]]) -> None:
        """Raise `QueryRefused` for filters that do not fit the columns; for a query compiled with `bind`.

        `types` are names of types in an engine's or a data contract's words, by the semantic model or time spine
        that reads the column, and the column. Unknown types, and columns left out, pass.
        """
        refuse_misfits(self.plan, self.parameters, known_kinds(types))

    @property
    def lineage(self) -> tuple[OutputColumn, ...]:
        """For each output column the columns it depends on, with relations as the SQL names them.

        Made anew from the plan each time it is asked for; compiling does not wait for it.
        """
        return outputs_of(tree_of(self.plan, "duckdb"))


# The manifest stands in each entry, so that no other can get its identity while the entry lives.
_Kept: TypeAlias = tuple[SemanticManifest, CompiledQuery]
_kept: Final[OrderedDict[tuple[object, ...], _Kept]] = OrderedDict()
_lock: Final = Lock()


def compile_query(
    manifest: SemanticManifest,
    query: MetricQuery,
    *,
    dialect: str = "duckdb",
    relations: Mapping[str, str] = _AS_DECLARED,
    bind: bool = False,
) -> CompiledQuery:
    """Compile for one of `catalog.metrics.dialect.NAMES`; `relations` replaces a semantic model's relation.

    The SQL runs as it stands: values are literals. With `bind` the values of filters and of the time
    constraint are parameters, for those who run it. The last queries over the same manifest object are
    remembered.

    Raises `QueryRefused` with all findings for a query that has no right answer, or none in the dialect;
    `UsageError` for an unknown dialect. Whether the columns exist is not promised: only the engine knows. Of
    types, what the definitions say is judged; `CompiledQuery.refuse_misfits` judges by the data's types too.
    """
    key = (id(manifest), query, dialect, tuple(sorted(relations.items())), bind)
    if not _can_be_kept(key):
        return _compiled(manifest, query, dialect, relations, bind=bind)
    kept = _remembered(key)
    if kept is None:
        kept = (manifest, _compiled(manifest, query, dialect, relations, bind=bind))
        _remember(key, kept)
    return kept[1]


def _can_be_kept(key: tuple[object, ...]) -> bool:
    """Lists in a query would do as well as tuples, but do not stay as they are."""
    try:
        hash(key)
    except TypeError:
        return False
    return True


def _compiled(
    manifest: SemanticManifest, query: MetricQuery, dialect: str, relations: Mapping[str, str], *, bind: bool
) -> CompiledQuery:
    lookup = lookup_of(manifest)
    planned = plan_query(lookup, query, relations)
    refuse_misfits(planned.plan, planned.parameters, _kinds_of(lookup))
    plan = with_parts(planned.plan, dialect_named(dialect))
    sql = render(plan, dialect, None if bind else planned.parameters)
    models = dict.fromkeys(one.model for one in plan.walk() if isinstance(one, ReadModel))
    values = planned.parameters if bind else ()
    return CompiledQuery(sql, planned.columns, values, tuple(models), plan, estimated_metrics(plan))


def _kinds_of(lookup: Lookup) -> Kinds:
    """What the manifest says of its columns. Remembered."""
    known: Kinds | None = lookup.remembered.get("kinds")
    if known is None:
        known = lookup.remembered["kinds"] = declared_kinds(lookup.manifest)
    return known


def _remembered(key: tuple[object, ...]) -> _Kept | None:
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
        return found


def _remember(key: tuple[object, ...], compiled: _Kept) -> None:
    with _lock:
        _kept[key] = compiled
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
