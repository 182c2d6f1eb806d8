"""A dataset as the engine describes it, beside what the contract says about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp
from sqlglot.errors import SqlglotError

from catalog.domain.data_contract import Property, SchemaObject
from catalog.domain.dataset import Dataset
from catalog.domain.sql_engine import ResultColumn

MASK: Final = "***"
_OPEN: Final = {"", "internal", "public"}


@dataclass(frozen=True, slots=True)
class Table:
    """What a check needs to know before it asks for anything.

    `ranges` holds the least and greatest value of integer columns where the files' metadata gave them, and
    is empty where it was not asked.
    """

    item: SchemaObject
    dataset: Dataset
    columns: tuple[ResultColumn, ...]
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def relation(self) -> exp.Table:
        """The dataset's name as SQL, quoted."""
        return exp.table_(exp.to_identifier(self.dataset.name, quoted=True))

    def has(self, column: str) -> bool:
        """Whether the data carries the column; the engine ignores the case of names."""
        return any(one.name.lower() == column.lower() for one in self.columns)

    def type_of(self, column: str) -> exp.DataType:
        """The column's type; UNKNOWN where the column or its type is not known."""
        found = next((one.type for one in self.columns if one.name.lower() == column.lower()), "")
        return engine_type(found)

    def is_text(self, column: str) -> bool:
        """Whether the column holds strings."""
        return self.type_of(column).this in exp.DataType.TEXT_TYPES

    def text_of(self, column: str) -> exp.Expr:
        """The column's value as text."""
        return column_named(column) if self.is_text(column) else exp.cast(column_named(column), "text")

    def key(self) -> tuple[str, ...]:
        """The columns by which a row is known: the declared primary key, as far as the data has it."""
        return tuple(column for column in primary_key(self.item) if self.has(column))

    def shown(self, column: str) -> exp.Expr:
        """The column as it may leave the engine: a mask in place of a protected value."""
        value = column_named(column)
        if column not in masked_columns(self.item):
            return value
        mask = exp.case().when(is_null(value), exp.null()).else_(exp.Literal.string(MASK))
        return exp.alias_(mask, column, quoted=True)

    def rows_where(self, failing: exp.Expr, *columns: str) -> exp.Select:
        """The failing rows: their key and the given columns, as they may be shown."""
        names = dict.fromkeys((*self.key(), *columns))
        return exp.select(*map(self.shown, names)).from_(self.relation).where(failing)


def column_named(name: str) -> exp.Column:
    """A column as SQL, quoted."""
    return exp.column(name, quoted=True)


def is_null(value: exp.Expr) -> exp.Expr:
    """`value IS NULL`."""
    return exp.Is(this=value, expression=exp.null())


def is_present(value: exp.Expr) -> exp.Expr:
    """`NOT value IS NULL`."""
    return exp.not_(is_null(value))


def present_rows(columns: Sequence[str]) -> exp.Expr:
    """The number of rows in which none of the columns is NULL."""
    if len(columns) == 1:
        return exp.Count(this=column_named(columns[0]))
    return rows_in_which(exp.and_(*(is_present(column_named(column)) for column in columns)))


def rows_in_which(condition: exp.Expr) -> exp.Expr:
    """The number of rows in which the condition is true; 0 of no rows, where `count_if` is NULL."""
    return exp.func("COALESCE", exp.CountIf(this=condition), exp.Literal.number(0))


def engine_type(text: str) -> exp.DataType:
    """A type in the engine's own words as a value; UNKNOWN for a word that says nothing."""
    try:
        return exp.DataType.build(text, dialect="duckdb")
    except SqlglotError:
        return exp.DataType(this=exp.DType.UNKNOWN)


def primary_key(item: SchemaObject) -> tuple[str, ...]:
    """The columns of the declared primary key, in their declared positions."""
    declared = [one for one in item.properties if one.primary_key]
    return tuple(one.column for one in sorted(declared, key=lambda one: one.primary_key_position))


def masked_columns(item: SchemaObject) -> frozenset[str]:
    """Columns whose values are not shown: classified above internal, encrypted, or with a `masking`."""
    return frozenset(one.column for one in item.properties if _is_masked(one))


def _is_masked(declared: Property) -> bool:
    classified = declared.classification.strip().lower() not in _OPEN
    masking = str(declared.custom.get("masking") or "none").lower()
    return classified or bool(declared.encrypted_name) or masking != "none"
