"""Counting different values by an estimate that can be put together from parts (HyperLogLog, in plain SQL).

A value's hash chooses one of `REGISTERS` registers and a rank: the place of the lowest bit that is set in the
rest of it. A register keeps its greatest rank; the greatest of parts is the greatest of all rows, so that parts
give the very number that rows give. A rank is kept as the bit itself, a power of two: that needs no logarithm,
and sums of its inverse are exact as floating point numbers in whatever order.

Up to twice as many values as registers, the number follows from how many registers are still empty; beyond that
from the ranks, corrected for those few that are empty (Ertl, 2017).
"""

from dataclasses import replace
from typing import Final

import sqlglot
from sqlglot import exp

from catalog.domain.semantic_model import Aggregation
from catalog.metrics.dialects.hashed import Hashed
from catalog.metrics.dialects.times import call
from catalog.metrics.expression import column
from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.keep_registers import KeepRegisters

REGISTERS: Final = 4_096
# Of the estimate, relative to the true number; `benchmarks/distinct_estimate.py` measures it.
STANDARD_ERROR: Final = 0.017
_REGISTER: Final = "register__of_values"
_EMPTY_AT_MOST: Final = 554  # registers, at two values for each: 4096 / e^2


class DistinctEstimate(exp.Expression, exp.AggFunc):
    """How many values `this` has; where there is a `register`, `this` is already the rank that it keeps."""

    arg_types = {"this": True, "register": False}  # noqa: RUF012

    @property
    def chooser(self) -> exp.Expr:
        """The register of a row; a new tree each time."""
        kept = self.args.get("register")
        return kept.copy() if kept else register_of(self.this)

    @property
    def rank(self) -> exp.Expr:
        """The rank of a row, 0 where there is no value; a new tree each time."""
        return self.this.copy() if self.args.get("register") else rank_of(self.this)


def register_of(value: exp.Expr) -> exp.Expr:
    """A number from 0 on for each register."""
    return exp.Mod(this=Hashed(this=value.copy()), expression=exp.Literal.number(REGISTERS))


def rank_of(value: exp.Expr) -> exp.Expr:
    """The lowest bit beyond the register's that is not set in the hash, as a power of two; 0 for a null."""
    return _filled(_RANK, value=value, hash=Hashed(this=value.copy()), register=register_of(value))


def over_registers(rows: Aggregate) -> Aggregate:
    """The same groups and measures, which all estimate one value, over the registers of each group."""
    trees = [one.tree for one in rows.measures]
    first = trees[0]
    assert isinstance(first, DistinctEstimate)
    register = Field(_REGISTER, rows.source, _REGISTER, first.chooser)
    ranks = tuple(_greatest(one) for one in rows.measures)
    alias = f"{rows.source}__registers"
    kept = KeepRegisters(Aggregate(rows.parent, rows.source, (*rows.keys, register), ranks), alias)
    keys = tuple(Field(one.name, alias, one.element, column(one.name)) for one in rows.keys)
    grouped = bool(rows.keys)
    measures = tuple(_estimated(one, column(one.name, alias), grouped=grouped) for one in rows.measures)
    return Aggregate(kept, rows.source, keys, measures)


def _greatest(one: AggregatedMeasure) -> AggregatedMeasure:
    assert isinstance(one.tree, DistinctEstimate)
    return replace(one, aggregation=Aggregation.MAX, tree=exp.Max(this=one.tree.rank))


def _estimated(one: AggregatedMeasure, rank: exp.Expr, *, grouped: bool) -> AggregatedMeasure:
    """The number over registers; a group in which the measure counts no row has none, as exact counts have it."""
    number = _filled(_COUNT, rank=rank)
    if one.conditions and grouped:
        known = exp.Not(this=exp.Is(this=exp.Max(this=rank.copy()), expression=exp.Null()))
        number = exp.Case(ifs=[exp.If(this=known, true=number)])
    return replace(one, tree=number, conditions=())


def _filled(template: exp.Expr, **parts: exp.Expr) -> exp.Expr:
    def part(node: exp.Expr) -> exp.Expr:
        found = parts.get(node.name) if isinstance(node, exp.Column) else None
        return found.copy() if found is not None else node

    filled: exp.Expr = template.copy().transform(part)
    return filled


def _template(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, "duckdb")


_BIT: Final = f"(hash - register + {REGISTERS})"
_RANK: Final = _template(f"CASE WHEN value IS NULL THEN 0 ELSE {_BIT} & -{_BIT} END")
_EMPTY: Final = f"({REGISTERS} - COUNT(NULLIF(rank, 0)))"
_SHARE: Final = f"({_EMPTY} / {REGISTERS})"
_RANKS: Final = f"SUM({REGISTERS // 2} / NULLIF(rank, 0))"
# The square of the registers over the sum of all, by 1 / (2 ln 2): both terms count a register as its inverse rank.
_MANY: Final = f"{0.7213475204444817 * REGISTERS**2!r} / ({_EMPTY} * (1 + {_SHARE} + 2 * cube) + {_RANKS})"
_FEW: Final = f"{REGISTERS} * logarithm"
_NUMBER: Final = f"FLOOR(CASE WHEN {_EMPTY} > {_EMPTY_AT_MOST} THEN {_FEW} ELSE {_MANY} END + 0.5)"
_COUNT: Final = _filled(
    _template(f"CAST({_NUMBER} AS BIGINT)"),
    cube=call("POWER", _template(_SHARE), exp.Literal.number(3)),
    # By its name alone: people may not take logarithms everywhere, because of zero; this one is of 1 or more.
    logarithm=call("LN", _template(f"{REGISTERS} / {_EMPTY}")),
)
