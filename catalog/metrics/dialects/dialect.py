"""What a dialect is, and how a statement is written in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlDialect
from sqlglot.generator import Generator


class Writer(Generator):
    """A generator of text that can write the values of a query where their parameters would stand."""

    values: Sequence[object] | None = None

    def parameter_sql(self, expression: exp.Parameter) -> str:
        """`$1`, or the value as a literal that the dialect escapes."""
        if self.values is None:
            return super().parameter_sql(expression)
        return self.sql(value_literal(self.values[int(expression.name) - 1]))


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect; `null_safe_full_join` says that it joins fully on `IS NOT DISTINCT FROM`, by hash."""

    name: str
    sql: SqlDialect
    writer: type[Writer]
    null_safe_full_join: bool

    def written(self, statement: exp.Expr, values: Sequence[object] | None = None) -> str:
        """The statement as text, every identifier quoted; the tree is not used again.

        With `values` they stand where their parameters would.
        """
        writer = self.writer(dialect=self.sql, identify=True, pretty=True, comments=False)
        writer.values = values
        return writer.generate(statement, copy=False)


def value_literal(value: object) -> exp.Expr:
    """A value of a query as a literal of the same type; `TypeError` for what no query holds."""
    match value:
        case str():
            return exp.Literal.string(value)
        case float():
            return exp.cast(exp.Literal.number(repr(value)), "DOUBLE")
        case Decimal():
            return exp.Literal.number(format(value, "f"))
        case int() if not isinstance(value, bool):
            return exp.Literal.number(value)
    raise TypeError(f"a {type(value).__name__} is no value of a query")
