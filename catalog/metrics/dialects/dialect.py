"""What a dialect is, and how a statement is written in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlDialect
from sqlglot.errors import ErrorLevel, UnsupportedError
from sqlglot.generator import Generator

from catalog.domain.errors import UsageError
from catalog.domain.finding_code import FindingCode
from catalog.metrics.errors import QueryRefused

_PIECES: Final = 50


class Writer(Generator):
    """A generator of text that can write the values of a query where their parameters would stand."""

    spoken: "Dialect"
    values: Sequence[object] | None = None

    def parameter_sql(self, expression: exp.Parameter) -> str:
        """`$1`, or the value as a literal that the dialect escapes."""
        if self.values is None:
            return f"${expression.name}"
        return self.sql(value_literal(self.values[int(expression.name) - 1]))

    def identifier_sql(self, expression: exp.Identifier) -> str:
        """A quoted name; one that is too long would be cut, and then mean another."""
        if len(expression.name.encode()) > self.spoken.longest_name:
            raise refused(self.spoken.name, f"the name {expression.name[:_PIECES]}… is too long there")
        if self.spoken.folds_upwards and not expression.args.get("quoted"):
            expression = exp.Identifier(this=expression.name.upper(), quoted=True)
        return super().identifier_sql(expression)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect, and what differs in it beyond the spelling of expressions.

    `null_safe_full_join` says that it joins fully on `IS NOT DISTINCT FROM`, by hash; `numbered` that it takes
    parameters as `$1`; `folds_upwards` that names without quotes are meant in capitals; `longest_name` is in
    bytes. `counts_as` is the type of a count where a sum of counts has another one, `ones_as` that of a sum of ones.
    """

    name: str
    sql: SqlDialect
    writer: type[Writer]
    null_safe_full_join: bool = False
    numbered: bool = False
    folds_upwards: bool = False
    longest_name: int = 255
    counts_as: exp.DType | None = None
    ones_as: exp.DType | None = None

    def written(self, statement: exp.Expr, values: Sequence[object] | None = None) -> str:
        """The statement as text, every identifier quoted; the tree is not used again.

        With `values` they stand where their parameters would. Raises `QueryRefused` for what the dialect cannot
        say exactly, `UsageError` where it takes no numbered parameters.
        """
        if values is None and not self.numbered and statement.find(exp.Parameter):
            raise UsageError(f"{self.name} takes no numbered parameters.", remedy="Compile without bind.")
        writer = self.writer(
            dialect=self.sql, identify=True, pretty=True, comments=False, unsupported_level=ErrorLevel.RAISE
        )
        writer.spoken, writer.values = self, values
        try:
            return writer.generate(statement, copy=False)
        except UnsupportedError as unsupported:
            raise refused(self.name, str(unsupported)) from unsupported


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


def refused(
    dialect: str, what: str, remedy: str = "Write it another way, or ask another engine."
) -> QueryRefused:
    """That a dialect cannot say something so that it gives the same number as the others."""
    finding = FindingCode.DIALECT_CANNOT_SAY.found(f"{dialect}: {what}.", remedy=remedy)
    return QueryRefused(finding.message, findings=[finding])
