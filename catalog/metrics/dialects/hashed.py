"""Hashing a value: one node, which each dialect writes with a hash function that scatters all its bits."""

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from catalog.metrics.dialects.dialect import Writer
from catalog.metrics.dialects.times import call, number

BITS: Final = 52
_ALL: Final = 2**BITS - 1


class Hashed(exp.Expression):
    """A whole number from 0 to 2^52 - 1, the same for the same value in the same engine; of a null any or null."""


def hashed(tree: Callable[[exp.Expr], exp.Expr]) -> Callable[[Writer, Hashed], str]:
    """For a dialect whose function gives 64 bits with a sign."""
    return lambda writer, node: writer.sql(
        exp.Paren(this=exp.BitwiseAnd(this=tree(node.this), expression=number(_ALL)))
    )


def of_text(name: str) -> Callable[[exp.Expr], exp.Expr]:
    """A function that hashes text."""
    return lambda value: call(name, exp.cast(value, exp.DType.TEXT))
