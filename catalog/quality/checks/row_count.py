"""Row count: how many rows an object holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot import exp

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.check import Fault, Measurement, Observed, Request
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table


@dataclass(frozen=True, slots=True)
class RowCount:
    """Counts all rows.

    Fused: every scan counts its rows, so this asks for nothing of its own.
    """

    kind: ClassVar[str] = "row_count"
    metric: ClassVar[str] = "rowCount"
    dimension: ClassVar[QualityDimension] = QualityDimension.COMPLETENESS
    remedy: ClassVar[str] = "look at what was loaded last, or correct the declared volume"

    @property
    def columns(self) -> tuple[str, ...]:
        """None in particular."""
        return ()

    def request(self, _table: Table) -> Request:
        """The scan's own count."""
        return Request({"rows": exp.Count(this=exp.Star())})

    def measurement(self, observed: Observed) -> Measurement:
        """All rows."""
        return Measurement(observed.aggregates["rows"])

    def evidence(self, table: Table) -> None:
        """No row is wrong by itself."""


def read(arguments: Mapping[str, Any], _item: SchemaObject, declared: Property | None) -> RowCount | Fault:
    """Takes no argument and belongs on an object."""
    if declared is not None:
        return Fault("rowCount counts the rows of an object", "move the rule to the object")
    if arguments:
        return Fault(f"rowCount takes no argument, not {', '.join(arguments)}", "leave the arguments out")
    return RowCount()
