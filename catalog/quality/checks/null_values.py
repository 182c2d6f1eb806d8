"""Null values: rows in which a column holds nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot import exp

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.check import Evidence, Fault, Measurement, Observed, Request
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table, column_named, is_null


@dataclass(frozen=True, slots=True)
class NullValues:
    """Counts NULLs; NaN and empty text are values.

    Fused: all rows less `count(column)`, which is cheaper than a predicate and often answered from metadata.
    """

    kind: ClassVar[str] = "null_values"
    metric: ClassVar[str] = "nullValues"
    dimension: ClassVar[QualityDimension] = QualityDimension.COMPLETENESS
    remedy: ClassVar[str] = "fill the column at its source, or declare the nulls that consumers can live with"

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def request(self, _table: Table) -> Request:
        """`count(column)`."""
        return Request({"present": exp.Count(this=column_named(self.column))})

    def measurement(self, observed: Observed) -> Measurement:
        """Rows without a value."""
        return Measurement((observed.row_count or 0) - observed.aggregates["present"])

    def evidence(self, table: Table) -> Evidence:
        """The rows without a value."""
        return Evidence(table.rows_where(is_null(column_named(self.column)), self.column))


def read(arguments: Mapping[str, Any], _item: SchemaObject, declared: Property | None) -> NullValues | Fault:
    """Takes no argument and belongs on a property."""
    if declared is None:
        return Fault("nullValues counts the values of a property", "move the rule to a property")
    if arguments:
        return Fault(f"nullValues takes no argument, not {', '.join(arguments)}", "leave the arguments out")
    return NullValues(declared.column)
