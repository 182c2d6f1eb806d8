"""Binding: the references of a condition become columns, and the literals of consumers become parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import isinf
from typing import Final

from sqlglot import exp

from catalog.domain.finding_code import FindingCode
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import enclosed
from catalog.metrics.filter import Condition
from catalog.metrics.moment import parse_moment
from catalog.metrics.name import Reference
from catalog.metrics.period import MIRRORED, compared, within
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.field import Field

# Literals that stay in the statement: engines take no parameter there.
_KEPT_NUMBER: Final = (exp.DataTypeParam, exp.Interval, exp.Round, exp.Substring)
_KEPT_TEXT: Final = (exp.Escape, exp.Interval)
_TIMES: Final = (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ)
_EXACT_DIGITS: Final = 38


@dataclass(slots=True)
class Parameters:
    """The values that a query binds, in the order of `$1`, `$2`, …"""

    values: list[object] = field(default_factory=list)

    def bind(self, value: object) -> exp.Expr:
        """A new parameter with this value."""
        self.values.append(value)
        return exp.Parameter(this=exp.Literal.number(len(self.values)))


def bind_condition(
    condition: Condition, fields: Mapping[Reference, Field], parameters: Parameters | None
) -> BoundCondition:
    """The condition over columns; with `parameters` its literals are bound, without they stay in the text.

    Raises `ExpressionRefused` for a time that is compared with what is no time, and for a number that cannot
    be bound exactly.
    """
    binder = _Binder(condition, fields, parameters)
    tree = condition.tree.transform(binder.bound)
    return BoundCondition(condition.text, tree, frozenset(binder.relations))


def time_literal(moment: datetime, parameters: Parameters | None) -> exp.Expr:
    """The moment as a timestamp."""
    text = moment.isoformat(sep=" ")
    return exp.cast(parameters.bind(text) if parameters else exp.Literal.string(text), "TIMESTAMP")


@dataclass(slots=True)
class _Binder:
    condition: Condition
    fields: Mapping[Reference, Field]
    parameters: Parameters | None
    relations: set[str] = field(default_factory=set)

    def bound(self, node: exp.Expr) -> exp.Expr:
        """What the node becomes; a node that is replaced is not looked into again."""
        if isinstance(node, exp.Column):
            return enclosed(self.field_at(node).tree)
        if isinstance(node, exp.Literal):
            return self.value(node)
        if isinstance(node, exp.Between):
            return self.between(node) or node
        return (self.comparison(node) if type(node) in MIRRORED else None) or node

    def value(self, node: exp.Literal) -> exp.Expr:
        """A literal as a parameter, where one is wanted and can stand."""
        kept = isinstance(node.parent, _KEPT_TEXT if node.is_string else _KEPT_NUMBER)
        if kept or self.parameters is None:
            return node
        return self.parameters.bind(_value(node, self.condition.text))

    def field_at(self, hole: exp.Column) -> Field:
        """The field that stands for a reference."""
        found = self.fields[self.condition.reference(hole)]
        self.relations.add(found.relation)
        return found

    def comparison(self, node: exp.Expr) -> exp.Expr | None:
        """A time compared with a moment, as bounds of the time."""
        for form, time, moment in (
            (type(node), node.this, node.expression),
            (MIRRORED[type(node)], node.expression, node.this),
        ):
            if (found := self.time_at(time)) and found.grain and (at := self.moment_at(moment)):
                return compared(form, found.source, found.grain, at, self.literal)
        return None

    def between(self, node: exp.Between) -> exp.Expr | None:
        """A time between two moments, as bounds of the time."""
        found = self.time_at(node.this)
        first, last = node.args["low"], node.args["high"]
        if found is None or found.grain is None:
            return None
        low, high = self.moment_at(first), self.moment_at(last)
        return within(found.source, found.grain, low, high, self.literal) if low and high else None

    def time_at(self, node: exp.Expr) -> Field | None:
        """The truncated time that the node stands for."""
        found = self.field_at(node) if isinstance(node, exp.Column) else None
        return found if found and found.grain else None

    def moment_at(self, node: exp.Expr) -> datetime | None:
        """The moment that the node spells; raises for a text that spells none."""
        while isinstance(node, exp.Paren) or (isinstance(node, exp.Cast) and node.to.is_type(*_TIMES)):
            node = node.this
        if not isinstance(node, exp.Literal) or not node.is_string:
            return None
        moment = parse_moment(node.this)
        if moment is None:
            raise _refused(self.condition.text, f"{node.this!r} is no date or time without zone")
        return moment

    def literal(self, moment: datetime) -> exp.Expr:
        """A moment as a value of the query."""
        return time_literal(moment, self.parameters)


def _value(literal: exp.Literal, text: str) -> object:
    """The literal as a Python value of the same type: text, whole, decimal or floating point number."""
    if literal.is_string:
        return literal.this
    if literal.is_int and int(literal.this) < 2**63:
        return int(literal.this)
    if "e" in literal.this.lower():
        if isinf(found := float(literal.this)):
            raise _refused(text, f"{literal.this} is greater than any number")
        return found
    if literal.is_int or len(literal.this) > _EXACT_DIGITS:
        raise _refused(text, f"{literal.this} has more digits than can be compared exactly")
    return Decimal(literal.this)


def _refused(text: str, reason: str) -> ExpressionRefused:
    finding = FindingCode.FILTER_INVALID.found(
        f"The condition {text!r} cannot be used: {reason}.", remedy="Write dates as '2026-01-31'."
    )
    return ExpressionRefused(findings=[finding])
