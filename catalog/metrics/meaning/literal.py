"""Literals in one spelling: `1.50` is `1.5`, `1e3` is `1000`, where the type of the number does not matter."""

from decimal import Decimal, InvalidOperation
from typing import Final

from sqlglot import exp

_LARGEST_EXPONENT: Final = 40


def number_of(node: exp.Expr) -> Decimal | None:
    """The number that a literal spells, signs included; None for anything else."""
    if isinstance(node, exp.Paren):
        return number_of(node.this)
    if isinstance(node, exp.Neg):
        inner = number_of(node.this)
        return None if inner is None else -inner
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    try:
        found = Decimal(node.this)
    except InvalidOperation:
        return None
    return found if abs(found.adjusted()) < _LARGEST_EXPONENT else None


def number(value: Decimal) -> exp.Expr:
    """The shortest literal of the number."""
    text = format(abs(value), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    literal = exp.Literal.number(text)
    return exp.Neg(this=literal) if value < 0 else literal


def is_number(node: exp.Expr | None, value: int) -> bool:
    """Whether the node is a literal of that number."""
    return node is not None and number_of(node) == value
