"""Times in a dialect: truncation, parts, arithmetic and distances, each with one meaning everywhere.

Weeks start on Monday; the day of the week is 0 to 6 from Sunday (`DOW`) or 1 to 7 from Monday (`ISODOW`); a
distance counts the boundaries of its unit between two times.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlglot import exp

from catalog.metrics.dialects.dialect import Writer, refused

Rule: TypeAlias = Callable[[Any, Any], str]

_SPELLED: Final = {"DAYOFWEEK": "DOW", "DAYOFYEAR": "DOY", "DAYOFWEEKISO": "ISODOW"}


@dataclass(frozen=True, slots=True)
class Times:
    """How a dialect writes each; `None` as a result is what it cannot say. Trees that come in may be used once."""

    truncated: Callable[[exp.Expr, str], exp.Expr | None]
    part: Callable[[exp.Expr, str], exp.Expr | None]
    moved: Callable[[exp.Expr, int, str], exp.Expr | None]
    apart: Callable[[exp.Expr, exp.Expr, str], exp.Expr | None]

    def rules(self) -> Mapping[type[exp.Expr], Rule]:
        """What a generator does with expressions over time."""
        return {
            exp.TimestampTrunc: self._truncated,
            exp.DateTrunc: self._truncated,
            exp.Extract: self._extract,
            exp.Year: lambda writer, node: self._part(writer, node.this, "YEAR"),
            exp.Quarter: lambda writer, node: self._part(writer, node.this, "QUARTER"),
            exp.Month: lambda writer, node: self._part(writer, node.this, "MONTH"),
            exp.DateDiff: self._apart,
            exp.Add: lambda writer, node: self._sum(writer, node, "+"),
            exp.Sub: lambda writer, node: self._sum(writer, node, "-"),
            exp.Interval: _alone,
        }

    def _truncated(self, writer: Writer, node: exp.Expr) -> str:
        unit = unit_of(node.args["unit"])
        return _said(writer, self.truncated(node.this, unit), f"times cannot be cut to a {unit.lower()}")

    def _extract(self, writer: Writer, node: exp.Extract) -> str:
        return self._part(writer, node.expression, unit_of(node.this))

    def _part(self, writer: Writer, time: exp.Expr, part: str) -> str:
        return _said(writer, self.part(time, part), f"the {part.lower()} of a time is not to be had exactly")

    def _apart(self, writer: Writer, node: exp.DateDiff) -> str:
        unit = unit_of(node.args["unit"])
        if unit == "WEEK":
            raise refused(
                writer.spoken.name, "engines count weeks differently", "Count days and divide by 7."
            )
        found = self.apart(node.expression, node.this, unit)
        return _said(writer, found, f"times are not apart by {unit.lower()}s")

    def _sum(self, writer: Writer, node: exp.Binary, sign: str) -> str:
        left, right = node.left, node.right
        if isinstance(left, exp.Interval) and sign == "+":
            left, right = right, left
        if not isinstance(right, exp.Interval):
            return writer.binary(node, sign)
        count, unit = int(right.name), unit_of(right.args["unit"])
        moved = self.moved(left, count if sign == "+" else -count, unit)
        return _said(writer, moved, f"times cannot be moved by a {unit.lower()}")


def unit_of(node: exp.Expr) -> str:
    """A unit of time in capitals, not in the plural."""
    name = node.name.upper()
    return _SPELLED.get(name) or (name.removesuffix("S") if name != "S" else name)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function of the dialect under its own name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def number(value: int) -> exp.Expr:
    """A whole number, negative ones too."""
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def unit(name: str) -> exp.Var:
    """A unit that stands without quotes."""
    return exp.Var(this=name)


def text(value: str) -> exp.Literal:
    """A unit that stands as text."""
    return exp.Literal.string(value)


def less(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """A difference that may stand in any place."""
    return exp.Paren(this=exp.Sub(this=left, expression=right))


def plus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """A sum that may stand in any place."""
    return exp.Paren(this=exp.Add(this=left, expression=right))


def remainder(left: exp.Expr, right: int) -> exp.Expr:
    """What is left of a division by a whole number."""
    return exp.Paren(this=exp.Mod(this=left, expression=number(right)))


def _alone(writer: Writer, _: exp.Interval) -> str:
    raise refused(
        writer.spoken.name, "an interval stands only beside a time", "Write a time plus the interval."
    )


def _said(writer: Writer, tree: exp.Expr | None, otherwise: str) -> str:
    if tree is None:
        raise refused(writer.spoken.name, otherwise)
    return writer.sql(tree)
