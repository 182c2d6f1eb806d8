"""References: rows that name something which is not there (`relationships` of type foreignKey)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp

from catalog.domain.data_contract import DataContract, Property, Relationship, SchemaObject
from catalog.quality.check import Evidence, Fault, Measurement, Observed, Request
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table, is_present, present_rows


@dataclass(frozen=True, slots=True)
class References:
    """Counts rows whose key stands nowhere in the target; a key with a NULL part names nothing.

    Apart: it reads a second table. An anti join counts the rows without a partner, the fused scan those that
    have none because their key is NULL.
    """

    kind: ClassVar[str] = "references"
    metric: ClassVar[str] = ""
    dimension: ClassVar[QualityDimension] = QualityDimension.CONSISTENCY
    remedy: ClassVar[str] = "deliver what is named, or correct the rows that name it"

    keys: tuple[str, ...]
    target: str
    target_keys: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The own columns of the key."""
        return self.keys

    def request(self, table: Table) -> Request:
        """Rows with a key in the scan, rows without a partner apart."""
        alone = self._alone(table).select(exp.Count(this=exp.Star()))
        return Request(
            {"present": present_rows(self.keys)},
            statement=alone.sql("duckdb"),
            reads=(self.target,),
            reason="it reads a second table",
        )

    def measurement(self, observed: Observed) -> Measurement:
        """Rows whose key stands nowhere in the target."""
        without_key = (observed.row_count or 0) - observed.aggregates["present"]
        return Measurement(observed.answer[0][0] - without_key)

    def evidence(self, table: Table) -> Evidence:
        """The rows whose key stands nowhere in the target."""
        names = dict.fromkeys((*table.key(), *self.keys))
        complete = (is_present(_qualified("own", key)) for key in self.keys)
        rows = self._alone(table).select(*map(table.shown, names)).where(*complete)
        return Evidence(rows, reads=(self.target,))

    def _alone(self, table: Table) -> exp.Select:
        partner = exp.alias_(exp.table_(exp.to_identifier(self.target, quoted=True)), "target", table=True)
        pairs = zip(self.keys, self.target_keys, strict=True)
        same = (
            exp.EQ(this=_qualified("own", own), expression=_qualified("target", its)) for own, its in pairs
        )
        own = exp.alias_(table.relation, "own", table=True)
        return exp.select().from_(own).join(partner, on=exp.and_(*same), join_type="anti")


def _qualified(relation: str, column: str) -> exp.Column:
    return exp.column(exp.to_identifier(column, quoted=True), table=relation)


def read(
    relationship: Relationship,
    item: SchemaObject,
    declared: Property | None,
    contracts: Sequence[DataContract],
) -> References | Fault:
    """Resolve both sides; targets are looked up by name in `contracts`, the own one first."""
    targets = [_resolved(reference, contracts) for reference in relationship.target]
    sources = [_resolved(reference, contracts[:1]) for reference in relationship.source]
    keys = (declared.column,) if declared else tuple(one[1] for one in sources if one and one[0] == item.name)
    found = [one for one in targets if one is not None]
    if len(found) < len(targets) or len({name for name, _ in found}) != 1:
        return Fault(
            f"the target {', '.join(relationship.target)} is in no contract at hand",
            "name object.property, and declare an input port for the contract that has it",
        )
    if len(keys) != len(found):
        sides = (", ".join(side) for side in (relationship.source or (item.name,), relationship.target))
        return Fault(" does not pair with ".join(sides), "name as many own properties as target properties")
    return References(keys, found[0][0], tuple(column for _, column in found))


def _resolved(reference: str, contracts: Sequence[DataContract]) -> tuple[str, str] | None:
    """Object name and column behind `orders.id`, `file.yaml#orders.id` or `schema/orders/properties/id`.

    Paths are by id in the standard; they are understood where ids are the names.
    """
    path = reference.rpartition("#")[2].removeprefix("/")
    parts = path.split("/")[1::2] if path.startswith("schema/") else path.split(".")
    if len(parts) != 2:
        return None
    for contract in contracts:
        item = contract.object_named(parts[0])
        found = item.property_named(parts[1]) if item else None
        if item and found:
            return item.name, found.column
    return None
