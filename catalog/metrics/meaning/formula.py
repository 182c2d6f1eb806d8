"""A formula by its shape: formulas of one shape, over whatever leaves, are brought to normal form once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlglot import exp

from catalog.metrics.expression import column, with_columns
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.normal import value

_PRODUCTS: Final = (exp.Div, exp.Mul, exp.Neg, exp.Nullif, exp.Paren)
_SUMS: Final = (exp.Add, exp.Div, exp.Mul, exp.Neg, exp.Paren, exp.Sub)
_SHAPES: Final = 1024


@dataclass(frozen=True, slots=True)
class Shape:
    """A formula over `input_0`, `input_1`…, which are the leaves in `order`, by their numbers.

    `said` leaves out what only decides a division by zero, `exact` does not. `alone`: it is its one leaf.
    """

    said: str
    exact: str
    order: tuple[int, ...]
    alone: bool


def over_numbers(formula: exp.Expr, numbers: Mapping[str, int]) -> exp.Expr:
    """The formula with each leaf named by its number, so that names sort as the numbers do."""
    return with_columns(formula, lambda one: column(f"leaf_{numbers[one.name]:06}"))


@lru_cache(maxsize=_SHAPES)
def only_multiplied(numbered: exp.Expr) -> frozenset[int]:
    """The leaves on whose way to the root there are products and quotients only."""
    columns = [*value(numbered).find_all(exp.Column)]
    elsewhere = {one.name for one in columns if not _within(one, _PRODUCTS)}
    return frozenset(_number(one) for one in columns if one.name not in elsewhere)


@lru_cache(maxsize=_SHAPES)
def shape_of(numbered: exp.Expr) -> Shape:
    """The normal form, in which the leaves sort by their numbers."""
    exact = value(numbered)
    tree = value(_unguarded(exact))
    alone = isinstance(tree, exp.Column) and isinstance(exact, exp.Column)
    order = tuple(dict.fromkeys(_number(one) for one in tree.find_all(exp.Column, bfs=False)))
    inputs = {number: column(f"input_{place}") for place, number in enumerate(order)}
    said, meant = (spelled(with_columns(one, lambda found: inputs[_number(found)])) for one in (tree, exact))
    return Shape(said, meant, order, alone)


def _number(one: exp.Column) -> int:
    return int(one.name.rpartition("_")[2])


def _within(node: exp.Expr, kinds: tuple[type[exp.Expr], ...]) -> bool:
    """Whether everything above the node is of these kinds."""
    above = node.parent
    return above is None or (isinstance(above, kinds) and _within(above, kinds))


def _unguarded(tree: exp.Expr) -> exp.Expr:
    """A division without NULLIF of its divisor and zero, where that only decides what a division by zero gives."""
    copied = tree.copy()
    for one in [*copied.find_all(exp.Div)]:
        guard = one.expression.unnest()
        if isinstance(guard, exp.Nullif) and spelled(guard.expression) == "0" and _within(one, _SUMS):
            one.set("expression", guard.this.copy())
    return copied
