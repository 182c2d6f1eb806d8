"""Duplicate values: rows that repeat a value, or a combination of values, that should stand once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from sqlglot import exp

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.check import Evidence, Fault, Measurement, Observed, Request
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table, column_named, is_present, present_rows

_BITMAP_BITS: Final = 1 << 27  # 16 MiB for each thread
_IN_GROUPS: Final = "rows in duplicate groups"


@dataclass(frozen=True, slots=True)
class DuplicateValues:
    """Counts surplus rows: all rows with the key less the distinct keys, so two equal rows count one.

    As in SQL's UNIQUE, a row in which a part of the key is NULL repeats nothing. Rows in duplicate groups,
    which other tools count, are told beside the number.

    Fused where the key is one integer column whose range the metadata knows and a bitmap can hold: exact at
    nearly no cost. Apart otherwise: exact distinct keys of any type have no state of bounded size.
    """

    kind: ClassVar[str] = "duplicate_values"
    metric: ClassVar[str] = "duplicateValues"
    dimension: ClassVar[QualityDimension] = QualityDimension.UNIQUENESS
    remedy: ClassVar[str] = "remove the repeated rows at their source, or correct the declared key"

    keys: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the key."""
        return self.keys

    def request(self, table: Table) -> Request:
        """The number of keys in the fused scan, the number of distinct keys in a bitmap or apart."""
        present = present_rows(self.keys)
        bounds = self._bitmap_bounds(table)
        if bounds is not None:
            return Request({"present": present, "distinct": self._bitmap(*bounds)})
        keys = exp.select(*self._columns()).distinct().from_(table.relation).where(self._complete())
        distinct = exp.select(exp.Count(this=exp.Star())).from_(keys.subquery("keys"))
        return Request(
            {"present": present},
            statement=distinct.sql("duckdb"),
            reason="exact distinct keys need a hash table as large as the keys",
        )

    def measurement(self, observed: Observed) -> Measurement:
        """Surplus rows."""
        counted = observed.answer[0][0] if observed.answer else observed.aggregates["distinct"] or 0
        return Measurement(observed.aggregates["present"] - counted)

    def evidence(self, table: Table) -> Evidence:
        """The repeated keys, most repeated first, and how many rows stand in groups of equal keys."""
        rows = exp.Count(this=exp.Star())
        total = exp.Window(this=exp.Sum(this=rows.copy()))
        repeated = (
            exp.select(*map(table.shown, self.keys), exp.alias_(rows, "rows", quoted=True))
            .select(exp.alias_(total, _IN_GROUPS, quoted=True))
            .from_(table.relation)
            .where(self._complete())
            .group_by(*self._columns())
            .having(rows.copy() > 1)
            .order_by(exp.Ordered(this=rows.copy(), desc=True), *self._columns())
        )
        return Evidence(repeated, _IN_GROUPS)

    def bitmap_column(self, table: Table) -> str:
        """The column whose range would allow a bitmap; empty where none would."""
        if len(self.keys) == 1 and table.type_of(self.keys[0]).this in exp.DataType.SIGNED_INTEGER_TYPES:
            return self.keys[0]
        return ""

    def _columns(self) -> tuple[exp.Expr, ...]:
        return tuple(map(column_named, self.keys))

    def _complete(self) -> exp.Expr:
        return exp.and_(*map(is_present, self._columns()))

    def _bitmap_bounds(self, table: Table) -> tuple[int, int] | None:
        bounds = table.ranges.get(self.bitmap_column(table))
        return bounds if bounds and bounds[1] - bounds[0] < _BITMAP_BITS else None

    def _bitmap(self, low: int, high: int) -> exp.Expr:
        bounds = (exp.Literal.number(low), exp.Literal.number(high))
        return exp.func("BIT_COUNT", exp.func("BITSTRING_AGG", *self._columns(), *bounds))


def read(
    arguments: Mapping[str, Any], item: SchemaObject, declared: Property | None
) -> DuplicateValues | Fault:
    """Takes the list `properties` on an object, and nothing on a property."""
    if declared is not None:
        if arguments:
            return Fault("duplicateValues of a property takes no argument", "leave the arguments out")
        return DuplicateValues((declared.column,))
    names = arguments.get("properties")
    if set(arguments) != {"properties"} or not isinstance(names, list | tuple) or not names:
        return Fault("duplicateValues of an object takes the one argument properties, a list", "name its key")
    found = [item.property_named(str(name)) for name in names]
    if None in found:
        unknown = ", ".join(str(name) for name in names if item.property_named(str(name)) is None)
        return Fault(f"{item.name} declares no property {unknown}", "name declared properties")
    return DuplicateValues(tuple(dict.fromkeys(one.column for one in found if one is not None)))
