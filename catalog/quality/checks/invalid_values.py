"""Invalid values: values outside what their property allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot import exp

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.check import Evidence, Fault, Measurement, Observed, Request
from catalog.quality.constraint import KEYWORDS, Constraint, read_constraints
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table, rows_in_which


@dataclass(frozen=True, slots=True)
class InvalidValues:
    """Counts rows whose value breaks at least one constraint; NULL breaks none.

    Fused: one `count_if` over all constraints.
    """

    kind: ClassVar[str] = "invalid_values"
    metric: ClassVar[str] = "invalidValues"
    dimension: ClassVar[QualityDimension] = QualityDimension.CONFORMITY
    remedy: ClassVar[str] = "correct the values at their source, or widen what the contract allows"

    column: str
    constraints: tuple[Constraint, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def request(self, table: Table) -> Request | Fault:
        """`count_if(broken)`; a fault where a constraint does not fit the column's type."""
        invalid = self._invalid(table)
        return invalid if isinstance(invalid, Fault) else Request({"invalid": rows_in_which(invalid)})

    def measurement(self, observed: Observed) -> Measurement:
        """Rows with an invalid value."""
        return Measurement(
            observed.aggregates["invalid"], f"Valid means {'; '.join(map(str, self.constraints))}."
        )

    def evidence(self, table: Table) -> Evidence | None:
        """The rows with an invalid value."""
        invalid = self._invalid(table)
        return None if isinstance(invalid, Fault) else Evidence(table.rows_where(invalid, self.column))

    def _invalid(self, table: Table) -> exp.Expr | Fault:
        broken = []
        for constraint in self.constraints:
            violated = constraint.violated(table, self.column)
            if isinstance(violated, Fault):
                return violated
            broken.append(violated)
        return exp.or_(*broken)


def read(
    arguments: Mapping[str, Any], _item: SchemaObject, declared: Property | None
) -> InvalidValues | Fault:
    """Takes constraints and belongs on a property; without arguments the property's own constraints count."""
    if declared is None:
        return Fault("invalidValues counts the values of a property", "move the rule to a property")
    if unknown := set(arguments) - KEYWORDS:
        return Fault(
            f"invalidValues takes no argument {', '.join(sorted(unknown))}",
            f"use {', '.join(sorted(KEYWORDS))}",
        )
    constraints = read_constraints(arguments or own_constraints(declared))
    if isinstance(constraints, Fault):
        return constraints
    if not constraints:
        return Fault("invalidValues says nowhere what is valid", "give validValues or pattern as arguments")
    return InvalidValues(declared.column, constraints)


def own_constraints(declared: Property) -> dict[str, Any]:
    """What the property itself declares: `logicalTypeOptions` and `enum`."""
    return {**declared.options, **({"validValues": declared.enum} if declared.enum else {})}
