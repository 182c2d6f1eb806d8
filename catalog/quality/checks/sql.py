"""SQL of people: one SELECT that gives one number."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from catalog.domain.data_contract import Property, QualityRule, SchemaObject
from catalog.manifests.sql_text import OBJECT_WORDS, PLACEHOLDER, filled
from catalog.quality.check import Fault, Measurement, Observed, Request
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table


@dataclass(frozen=True, slots=True)
class Sql:
    """Runs the query as it is written, in the fenced engine; it is never translated or rewritten.

    It may read the objects of its own contract and of related contracts by their names. Never fused: what
    the statement reads and how is its author's.
    """

    kind: ClassVar[str] = "sql"
    metric: ClassVar[str] = ""
    dimension: ClassVar[QualityDimension] = QualityDimension.ACCURACY
    remedy: ClassVar[str] = "look at the rows that the query counts, or correct the query"

    query: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Not known before the engine reads the query."""
        return ()

    def request(self, _table: Table) -> Request:
        """The query itself, with the names that it reads."""
        return Request(
            statement=self.query, reads=relations(self.query), reason="people's SQL runs as written"
        )

    def measurement(self, observed: Observed) -> Measurement | Fault:
        """The one number; truth values count as 1 and 0."""
        rows = observed.answer
        if len(rows) != 1 or len(rows[0]) != 1:
            shape = f"{len(rows)} rows" if len(rows) != 1 else f"{len(rows[0])} columns"
            return Fault(f"the query gives {shape} instead of one number", "select one aggregate")
        number = rows[0][0]
        if not isinstance(number, int | float | Decimal) or not math.isfinite(number):
            return Fault(
                "the query gives no number", "select one number, and say with COALESCE what no row means"
            )
        return Measurement(float(number))

    def evidence(self, table: Table) -> None:
        """The query knows its rows, we do not."""


def relations(query: str) -> tuple[str, ...]:
    """The relation names in the query, for finding their data; none where it cannot be read.

    Only the engine decides what may run and what a name means.
    """
    try:
        tree = sqlglot.parse_one(query, dialect="duckdb")
    except SqlglotError:
        return ()
    own = {expression.alias for expression in tree.find_all(exp.CTE)}
    return tuple(dict.fromkeys(one.name for one in tree.find_all(exp.Table) if one.name not in own))


def read(rule: QualityRule, item: SchemaObject, declared: Property | None) -> Sql | Fault:
    """Fill `{object}` and `{property}` with quoted names; `{table}`, `{column}` and `${…}` mean the same."""
    query = rule.query.strip().rstrip(";").rstrip()
    if not query:
        return Fault("a rule of type sql needs a query", "write a SELECT that gives one number")
    if declared is None and any(name not in OBJECT_WORDS for name in PLACEHOLDER.findall(query)):
        return Fault(
            "{property} means nothing on an object", "move the rule to a property, or name the column"
        )
    return Sql(filled(query, item.name, declared.column if declared else ""))
