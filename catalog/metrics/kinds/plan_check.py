"""The conditions of a plan held against the types of the columns that it reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import DimensionType
from catalog.metrics.errors import ExpressionRefused, QueryRefused
from catalog.metrics.expression import element_expression
from catalog.metrics.kinds.inference import Inference
from catalog.metrics.kinds.kind import Kind, kind_of_type
from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.filter_rows import FilterRows
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel

# Kinds of columns, by the semantic model or time spine that reads them and the column's name in small letters.
Kinds: TypeAlias = Mapping[str, Mapping[str, Kind]]


def refuse_misfits(plan: Node, values: Sequence[object], kinds: Kinds) -> None:
    """Raise `QueryRefused` for each condition that compares, counts or searches what does not fit together.

    `values` are those of the plan's parameters. What is not known to be wrong passes.
    """
    column = _columns(plan, kinds)
    found = tuple(
        _finding(one.text, reason)
        for one in dict.fromkeys(conditions_of(plan))
        for reason in _faults(one, column, values)
    )
    if found:
        raise QueryRefused(found[0].message, findings=found)


def known_kinds(types: Mapping[str, Mapping[str, str]]) -> Kinds:
    """The kinds of columns whose types are named in the words of an engine or of a data contract."""
    return {
        model: {name.lower(): kind for name, said in columns.items() if (kind := kind_of_type(said))}
        for model, columns in types.items()
    }


def declared_kinds(manifest: SemanticManifest) -> Kinds:
    """What the definitions themselves say: the columns of time dimensions and spines are times."""
    found: dict[str, dict[str, Kind]] = {
        one.name: {one.column.lower(): Kind.TIME} for one in manifest.time_spines
    }
    for model in manifest.semantic_models:
        for one in model.dimensions:
            if one.type is DimensionType.TIME and (name := _plain_column(one.name, one.expr)):
                found.setdefault(model.name, {})[name.lower()] = Kind.TIME
    return found


def _plain_column(name: str, expr: str) -> str:
    try:
        tree = element_expression(name, expr)
    except ExpressionRefused:
        return ""
    return tree.name if isinstance(tree, exp.Column) else ""


def _columns(plan: Node, kinds: Kinds) -> Callable[[exp.Column], Kind | None]:
    read: dict[str, set[str]] = {}
    for one in plan.walk():
        if isinstance(one, ReadModel):
            read.setdefault(one.alias, set()).add(one.model)
    models = {alias: next(iter(names)) for alias, names in read.items() if len(names) == 1}
    return lambda column: kinds.get(models.get(column.table, ""), {}).get(column.name.lower())


def conditions_of(plan: Node) -> Iterator[BoundCondition]:
    """Every condition on rows and on what is aggregated."""
    for one in plan.walk():
        if isinstance(one, FilterRows):
            yield from one.conditions
        elif isinstance(one, Aggregate):
            for measure in one.measures:
                yield from measure.conditions


def _faults(
    one: BoundCondition, column: Callable[[exp.Column], Kind | None], values: Sequence[object]
) -> list[str]:
    inference = Inference(column, values)
    inference.condition(one.tree)
    return inference.faults


def _finding(text: str, reason: str) -> Finding:
    return FindingCode.FILTER_TYPE_MISMATCH.found(
        f"The condition {text if len(text) <= 300 else f'{text[:297]}...'} cannot be trusted: {reason}.",
        remedy="Compare values of one type: texts in quotes, numbers without, times as '2026-01-31', TRUE or FALSE.",
    )
