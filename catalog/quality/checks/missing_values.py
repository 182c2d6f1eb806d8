"""Missing values: rows in which a column holds nothing, or a word that stands for nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot import exp

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.check import Evidence, Fault, Measurement, Observed, Request
from catalog.quality.literal import is_one_of
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table, column_named, is_null, rows_in_which


@dataclass(frozen=True, slots=True)
class MissingValues:
    """Counts NULLs and the declared stand-ins; NULL is missing whether it is listed or not.

    Fused: `count(column)` and one `count_if`.
    """

    kind: ClassVar[str] = "missing_values"
    metric: ClassVar[str] = "missingValues"
    dimension: ClassVar[QualityDimension] = QualityDimension.COMPLETENESS
    remedy: ClassVar[str] = "fill the column at its source, or declare how much may be missing"

    column: str
    values: tuple[Any, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def request(self, table: Table) -> Request:
        """`count(column)` and `count_if(column IN …)`."""
        present = exp.Count(this=column_named(self.column))
        return Request({"present": present, "stand_ins": rows_in_which(self._stands_in(table))})

    def measurement(self, observed: Observed) -> Measurement:
        """Rows without a value or with a stand-in."""
        present = observed.aggregates["present"] - observed.aggregates["stand_ins"]
        return Measurement((observed.row_count or 0) - present)

    def evidence(self, table: Table) -> Evidence:
        """The rows without a value or with a stand-in."""
        missing = exp.or_(is_null(column_named(self.column)), self._stands_in(table))
        return Evidence(table.rows_where(missing, self.column))

    def _stands_in(self, table: Table) -> exp.Expr:
        return is_one_of(column_named(self.column), self.values, table.type_of(self.column))


def read(
    arguments: Mapping[str, Any], _item: SchemaObject, declared: Property | None
) -> MissingValues | Fault:
    """Takes the list `missingValues` and belongs on a property."""
    if declared is None:
        return Fault("missingValues counts the values of a property", "move the rule to a property")
    listed = arguments.get("missingValues")
    if set(arguments) != {"missingValues"} or not isinstance(listed, list | tuple) or not listed:
        return Fault(
            "missingValues takes the one argument missingValues, a list",
            "list what stands for a missing value",
        )
    return MissingValues(declared.column, tuple(value for value in listed if value is not None))
