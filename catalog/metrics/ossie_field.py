"""The fields of a dataset in Apache Ossie: its dimensions, keys, and what its measures aggregate."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.generator import Generator

from catalog.domain.semantic_model import Dimension, DimensionType, Entity, Measure, SemanticModel
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import element_expression

# What else an expression is written in where that differs from the standard's SQL.
DIALECTS: Final[Mapping[str, Mapping[str, str]]] = {
    "0.1.1": {"SNOWFLAKE": "snowflake", "DATABRICKS": "databricks"},
    "0.2.0.dev0": {"SNOWFLAKE": "snowflake", "DATABRICKS": "databricks", "BIGQUERY": "bigquery"},
}


class _Ansi(Generator):
    """The standard's names of types; percentiles know no nulls, so it does not matter where they stand."""

    TYPE_MAPPING: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **Generator.TYPE_MAPPING,
        exp.DType.DOUBLE: "DOUBLE PRECISION",
        exp.DType.TEXT: "VARCHAR",
    }
    TRANSFORMS: Final = {  # type: ignore[misc]
        **Generator.TRANSFORMS,
        exp.Ordered: lambda self, node: self.sql(node.this),
    }


def expression_document(tree: exp.Expr, version: str) -> dict[str, Any]:
    """An Ossie expression: in ANSI SQL, and in each dialect that writes it otherwise."""
    meant = tree.transform(_divided)
    ansi = _Ansi(comments=False).generate(meant)
    dialects = [{"dialect": "ANSI_SQL", "expression": ansi}]
    for name, dialect in DIALECTS[version].items():
        written = _written(meant, dialect)
        if written not in {ansi, ""}:
            dialects.append({"dialect": name, "expression": written})
    return {"dialects": dialects}


def _divided(node: exp.Expr) -> exp.Expr:
    """A quotient never cuts, and is null over zero: as it is with us, whatever the engine would do."""
    if not isinstance(node, exp.Div):
        return node
    left, right = node.left, node.right
    if not isinstance(right, exp.Nullif) and not (isinstance(right, exp.Literal) and float(right.this)):
        right = exp.Nullif(this=right.unnest(), expression=exp.Literal.number(0))
    if not isinstance(left, exp.Cast):
        left = exp.cast(left, "DOUBLE")
    return exp.Div(this=left, expression=right)


class DatasetFields:
    """Fields by name; one expression is one field, whatever dimensions, keys and measures share it."""

    def __init__(self, model: SemanticModel, version: str) -> None:
        self.model = model
        self.unreadable: list[str] = []
        self._version = version
        self._trees: dict[str, exp.Expr] = {}
        self._elements: dict[str, Dimension | None] = {}
        elements: tuple[Dimension | Entity | Measure, ...] = (
            *model.dimensions,
            *model.entities,
            *model.measures,
        )
        for element in elements:
            self._add(element)

    def name(self, element: Dimension | Entity | Measure) -> str:
        """The field that an element is; empty where its expression cannot be read."""
        if isinstance(element, Dimension):
            return element.name if element.name in self._trees else ""
        tree = _tree(element)
        found = (name for name, known in self._trees.items() if known == tree)
        return next(found, "") if tree is not None else ""

    def documents(self) -> Iterator[dict[str, Any]]:
        """Each field as Ossie has it."""
        for name, tree in self._trees.items():
            field: dict[str, Any] = {"name": name, "expression": expression_document(tree, self._version)}
            dimension = self._elements[name]
            if dimension is not None:
                field["dimension"] = {"is_time": dimension.type is DimensionType.TIME}
                field |= {"description": dimension.description} if dimension.description else {}
            yield field

    def _add(self, element: Dimension | Entity | Measure) -> None:
        tree = _tree(element)
        if tree is None:
            self.unreadable.append(element.name)
        elif isinstance(element, Dimension):
            self._trees.setdefault(element.name, tree)
            self._elements.setdefault(element.name, element)
        elif tree not in self._trees.values():
            name = self._free_name(element, tree)
            self._trees[name], self._elements[name] = tree, None

    def _free_name(self, element: Entity | Measure, tree: exp.Expr) -> str:
        """The column's own name where it is one, so that keys are columns and fields at once."""
        column = (tree.name,) if isinstance(tree, exp.Column) else ()
        suffix = "key" if isinstance(element, Entity) else "input"
        wanted: tuple[str, ...] = (*column, element.name, f"{element.name}_{suffix}")
        numbered = (f"{element.name}_{suffix}_{number}" for number in range(2, len(self._trees) + 4))
        return next(name for name in chain(wanted, numbered) if name not in self._trees)


def _tree(element: Dimension | Entity | Measure) -> exp.Expr | None:
    try:
        tree = element_expression(element.name, element.expr)
    except ExpressionRefused:
        return None
    return exp.column(exp.to_identifier(tree.name)) if isinstance(tree, exp.Column) else tree


def _written(tree: exp.Expr, dialect: str) -> str:
    """Empty where the dialect cannot say it, or only an estimate of it."""
    if tree.find(exp.WithinGroup):
        return ""
    try:
        return str(tree.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE))
    except SqlglotError:
        return ""
