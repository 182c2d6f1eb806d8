"""Schema conformance: the data has the declared columns, in types that hold what is promised."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.quality.check import Measurement, Observed, Request
from catalog.quality.logical_type import fits
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table, engine_type


@dataclass(frozen=True, slots=True)
class SchemaConformance:
    """Counts declared columns that are absent or of another type; columns beyond the contract are told.

    No scan: the engine's description of the files answers it.
    """

    kind: ClassVar[str] = "schema_conformance"
    metric: ClassVar[str] = ""
    dimension: ClassVar[QualityDimension] = QualityDimension.CONFORMITY
    remedy: ClassVar[str] = (
        "deliver the declared columns in the declared types, or publish a new contract version"
    )

    @property
    def columns(self) -> tuple[str, ...]:
        """None: an absent column is what this finds."""
        return ()

    def request(self, _table: Table) -> Request:
        """Nothing but the description."""
        return Request()

    def measurement(self, observed: Observed) -> Measurement:
        """The number of columns that are not as declared."""
        faults = tuple(_faults(observed.table))
        extras = tuple(_extras(observed.table))
        told = "; ".join(f"{one['column']} is {one['found']}, declared {one['declared']}" for one in faults)
        return Measurement(
            len(faults), f"{told}." if told else "", (*faults, *extras), _undeclared(observed, extras)
        )

    def evidence(self, table: Table) -> None:
        """The description has it all."""


def _faults(table: Table) -> Iterator[dict[str, Any]]:
    found = {column.name.lower(): column.type for column in table.columns}
    for declared in table.item.properties:
        physical = found.get(declared.column.lower())
        untyped = table.dataset.format == "csv"
        if physical is None or not fits(declared.logical_type, engine_type(physical), untyped=untyped):
            promised = declared.logical_type or "any type"
            yield {"column": declared.column, "declared": promised, "found": physical or "absent"}


def _extras(table: Table) -> Iterator[dict[str, Any]]:
    declared = {one.column.lower() for one in table.item.properties}
    for column in table.columns:
        if column.name.lower() not in declared:
            yield {"column": column.name, "declared": "absent", "found": column.type}


def _undeclared(observed: Observed, extras: tuple[dict[str, Any], ...]) -> Finding | None:
    if not extras:
        return None
    item = observed.table.item
    return FindingCode.QUALITY_COLUMN_UNDECLARED.at(
        item.place,
        f"{item.name}: the data has columns that the contract does not declare: "
        f"{', '.join(str(extra['column']) for extra in extras)}.",
        remedy="declare them, or leave them out of the data",
        level=Level.INFO,
    )
