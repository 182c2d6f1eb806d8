"""Sums and products whose operands are in normal form: flat, sorted, constants folded, signs outside.

Only the value counts: the same number, whatever its type. Floating point addition is taken as associative.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import reduce

from sqlglot import exp

from catalog.metrics.expression import enclosed
from catalog.metrics.meaning.literal import number, number_of

Term = tuple[int, exp.Expr]


def spelled(tree: exp.Expr) -> str:
    """The text of a normal tree, by which operands are sorted and compared."""
    return tree.sql("duckdb", comments=False)


def sum_of(terms: Sequence[Term]) -> exp.Expr:
    """The sum of signed terms: the positive ones in order, then those that are taken off."""
    flat = [part for term in terms for part in _terms(*term)]
    constant, open_terms = Decimal(0), []
    for sign, tree in flat:
        value = number_of(tree)
        if value is None:
            open_terms.append((sign, tree))
        else:
            constant += sign * value
    if constant or not open_terms:
        open_terms.append((1 if constant >= 0 else -1, number(abs(constant))))
    return _chained(sorted(open_terms, key=lambda one: (-one[0], spelled(one[1]))))


def product_of(factors: Sequence[exp.Expr]) -> exp.Expr:
    """The product: its constant first, then the factors in order, its sign before all."""
    constant, rest = Decimal(1), []
    for factor in (one for each in factors for one in _factors(each)):
        value = number_of(factor)
        if value is not None:
            constant *= value
        else:
            sign, bare = _signed(factor)
            constant *= sign
            rest.append(bare)
    if constant == -1 and len(rest) == 1:
        return sum_of([(-1, rest[0])])
    rest.sort(key=spelled)
    if abs(constant) != 1 or not rest:
        rest.insert(0, number(abs(constant)))
    found = reduce(lambda left, right: exp.Mul(this=left, expression=enclosed(right)), rest[1:], _first(rest))
    return exp.Neg(this=enclosed(found)) if constant < 0 else found


def _first(factors: Sequence[exp.Expr]) -> exp.Expr:
    return enclosed(factors[0]) if len(factors) > 1 else factors[0]


def _terms(sign: int, tree: exp.Expr) -> Iterator[Term]:
    bare = tree.unnest()
    match bare:
        case exp.Add():
            yield from _terms(sign, bare.this)
            yield from _terms(sign, bare.expression)
        case exp.Sub():
            yield from _terms(sign, bare.this)
            yield from _terms(-sign, bare.expression)
        case exp.Neg():
            yield from _terms(-sign, bare.this)
        case _:
            yield sign, bare


def _factors(tree: exp.Expr) -> Iterator[exp.Expr]:
    bare = tree.unnest()
    if isinstance(bare, exp.Mul):
        yield from _factors(bare.this)
        yield from _factors(bare.expression)
    else:
        yield bare


def _signed(tree: exp.Expr) -> Term:
    bare = tree.unnest()
    if not isinstance(bare, exp.Neg):
        return 1, bare
    sign, inner = _signed(bare.this)
    return -sign, inner


def _chained(terms: Sequence[Term]) -> exp.Expr:
    sign, tree = terms[0]
    found = exp.Neg(this=enclosed(tree)) if sign < 0 else (enclosed(tree) if len(terms) > 1 else tree)
    for sign, tree in terms[1:]:
        kind = exp.Add if sign > 0 else exp.Sub
        found = kind(this=found, expression=enclosed(tree))
    return found
