"""SQL of contracts and metrics as rules see it: its faults, each with the path of what holds it.

The parser is loaded where there is SQL, and nowhere else.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from catalog.domain.data_contract import DataContract, Property, SchemaObject
from catalog.domain.metric import Metric, MetricInput, SemanticManifest
from catalog.domain.semantic_model import Dimension, Entity, Measure, SemanticModel
from catalog.policy.mesh import MeshFacts, columns_of, normal_name
from catalog.policy.policy_view import SqlFaultView

if TYPE_CHECKING:
    from catalog.manifests.sql_lint import SqlTable

_TEMPLATE: Final = re.compile(r"\{\{[^{}]*\}\}")


def contract_sql_faults(path: str, contract: DataContract) -> list[SqlFaultView]:
    """Faults in the queries of quality rules and in `transformLogic`; only the latter may read other tables."""
    checks = [*_queries(contract)]
    columns = [one for one in enumerate(columns_of(contract)) if one[1][2].transform_logic]
    if not checks and not columns:
        return []
    from catalog.manifests.sql_text import filled  # noqa: PLC0415  # few products hold SQL

    tables = _tables(contract)
    found: list[SqlFaultView] = []
    for at, name, query, item, column in checks:
        found += _faults(filled(query, item, column), tables, name, f"{path}/quality/{at}")
    for at, (_, name, one) in columns:
        found += _faults(one.transform_logic, tables, name, f"{path}/columns/{at}")
    return found


def metric_sql_faults(closure: SemanticManifest, mesh: MeshFacts) -> list[SqlFaultView]:
    """Faults in filters and in the expressions of models, by the types that the products behind them serve.

    That no partition is filtered is no fault of a metric: who asks for it says for which time.
    """
    filters = {one.name: [*_filters(one)] for one in closure.metrics}
    taken = {name for one in closure.metrics for name in _measures(one)}
    written = {model.name: [*_expressions(model, taken)] for model in closure.semantic_models}
    if not any(filters.values()) and not any(written.values()):
        return []
    tables = {model.name: _served(model, mesh) for model in closure.semantic_models}
    found: list[SqlFaultView] = []
    for model, expressions in written.items():
        for name, expr in expressions:
            found += _faults(expr, {model: tables[model]}, name, "/metric")
    for metric, texts in filters.items():
        for text in texts:
            found += _faults(_TEMPLATE.sub(_element, text), tables, metric, "/metric")
    return found


def _measures(metric: Metric) -> Iterator[str]:
    """The measures that a metric takes itself."""
    asked = metric.params.get("conversion_type_params") or {}
    for one in (metric.measure, asked.get("base_measure"), asked.get("conversion_measure")):
        if isinstance(one, MetricInput):
            yield one.name


def _expressions(model: SemanticModel, taken: Collection[str]) -> Iterator[tuple[str, str]]:
    measures = [one for one in model.measures if one.name in taken]
    elements: tuple[Measure | Dimension | Entity, ...] = (*measures, *model.dimensions, *model.entities)
    for one in elements:
        if one.expr and not one.expr.isidentifier():
            yield one.name, one.expr


def _filters(metric: Metric) -> Iterator[str]:
    inputs = filter(None, (metric.measure, metric.numerator, metric.denominator, *metric.inputs))
    yield from (*metric.filters, *(text for one in inputs for text in one.filters))


def _element(template: re.Match[str]) -> str:
    """The element that `{{ Dimension('order__status') }}` looks at, as a column."""
    name = template[0].partition("'")[2].partition("'")[0].rpartition("__")[2]
    return name if name.isidentifier() else "unknown_"


def _queries(contract: DataContract) -> Iterator[tuple[int, str, str, str, str]]:
    """Number, name, query, object and column of each rule with a query, numbered as `checks_of` does."""
    named = [(one, item.name, "") for item in contract.schema for one in item.quality]
    named += [
        (one, item, column.column) for item, _, column in columns_of(contract) for one in column.quality
    ]
    for at, (one, item, column) in enumerate(named):
        if one.query:
            yield at, one.name, one.query, item, column


def _faults(text: str, tables: "Mapping[str, SqlTable]", source: str, path: str) -> list[SqlFaultView]:
    from catalog.manifests.sql_lint import sql_faults  # noqa: PLC0415  # few products hold SQL

    return [
        {"fault": fault.value, "detail": detail, "source": source, "path": path}
        for fault, detail in sql_faults(text, tables)
    ]


def _tables(contract: DataContract) -> "dict[str, SqlTable]":
    return {name.lower(): _table(item.properties) for item in contract.schema for name in _names(item)}


def _names(item: SchemaObject) -> Iterable[str]:
    """The names by which SQL may know an object; a physical name may have a schema before it."""
    return filter(None, (item.physical_name.rpartition(".")[2], item.name))


def _table(columns: Iterable[Property]) -> "SqlTable":
    from catalog.manifests.sql_lint import SqlTable  # noqa: PLC0415  # few products hold SQL

    each = tuple(columns)
    named = [(name.lower(), one.logical_type) for one in each for name in (one.name, one.column)]
    partitions = frozenset(one.column.lower() for one in each if one.partitioned)
    return SqlTable(dict(named), partitions)


def _served(model: SemanticModel, mesh: MeshFacts) -> "SqlTable":
    """The columns of the product behind a model as the mesh serves them, and the dimensions that are columns."""
    from catalog.manifests.sql_lint import SqlTable  # noqa: PLC0415  # few products hold SQL

    served = {
        name: column.logical_type
        for name, columns in mesh.columns.items()
        for column in columns
        if column.product == model.product
    }
    named = {one.name: served.get(normal_name(one.expr or one.name), "") for one in model.dimensions}
    return SqlTable(served | named)
