"""From a query to SQL: the one compiler under every protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from catalog.domain.lineage import OutputColumn
from catalog.domain.metric import SemanticManifest
from catalog.metrics.lookup import lookup_of
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.planner import plan_query
from catalog.metrics.query import MetricQuery
from catalog.metrics.query_lineage import outputs_of
from catalog.metrics.render import render, tree_of

_AS_DECLARED: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """One SELECT, and the plan it came from; `parameters` are bound to `$1`, `$2`, …, where that was asked.

    `columns` are the output names, group-by items first; `models` are the semantic models that are read.
    """

    sql: str
    columns: tuple[str, ...]
    parameters: tuple[object, ...]
    models: tuple[str, ...]
    plan: Node

    @property
    def lineage(self) -> tuple[OutputColumn, ...]:
        """For each output column the columns it depends on, with relations as the SQL names them.

        Made anew from the plan each time it is asked for; compiling does not wait for it.
        """
        return outputs_of(tree_of(self.plan, "duckdb"))


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
    constraint are parameters, for those who run it.

    Raises `QueryRefused` with all findings for a query that has no right answer, or none in the dialect;
    `UsageError` for an unknown dialect. Whether the columns exist is not promised: only the engine knows.
    """
    planned = plan_query(lookup_of(manifest), query, relations)
    sql = render(planned.plan, dialect, None if bind else planned.parameters)
    models = dict.fromkeys(one.model for one in planned.plan.walk() if isinstance(one, ReadModel))
    return CompiledQuery(
        sql, planned.columns, planned.parameters if bind else (), tuple(models), planned.plan
    )
