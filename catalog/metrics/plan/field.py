"""A column that a plan groups or filters by."""

from dataclasses import dataclass, field

from sqlglot import exp

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.expression import column, declared, with_columns
from catalog.metrics.name import DatePart


@dataclass(frozen=True, slots=True)
class Field:
    """An element of one relation, truncated to a grain or cut to a date part; `name` is its output column.

    `expression` names columns of `relation` without saying so, and is never changed.
    """

    name: str
    relation: str
    element: str
    expression: exp.Expr = field(compare=False, repr=False)
    grain: TimeGranularity | None = None
    date_part: DatePart | None = None

    @property
    def source(self) -> exp.Expr:
        """The expression over columns of the relation, before any truncation; a new tree each time."""
        return with_columns(self.expression, lambda one: located(one, self.relation))

    @property
    def tree(self) -> exp.Expr:
        """The value that is grouped by; a new tree each time."""
        if self.date_part:
            part = "isodow" if self.date_part is DatePart.DOW else self.date_part.value
            return exp.Extract(this=exp.Var(this=part.upper()), expression=self.source)
        # No engine truncates to nanoseconds: there the time itself is the finest grain.
        if self.grain is None or self.grain is TimeGranularity.NANOSECOND:
            return self.source
        return exp.TimestampTrunc(this=self.source, unit=exp.Var(this=self.grain.value.upper()))


def located(one: exp.Column, relation: str) -> exp.Column:
    """The column as one of `relation`; an unquoted name is the same in any case, and kept small."""
    if one.this.args.get("quoted"):
        return column(one.name, relation)
    return declared(one.name.lower(), relation)
