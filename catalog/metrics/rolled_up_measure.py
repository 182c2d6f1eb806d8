"""A measure whose parts were aggregated before: how the parts become what the rows would have given."""

import re
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation, Measure
from catalog.metrics.estimate import DistinctEstimate
from catalog.metrics.expression import column

COUNTED: Final = "__count"
REGISTER: Final = "__register"
_DECIMAL: Final = re.compile(r"DECIMAL\(\d+,(\d+)\)")
_ZERO: Final = exp.Literal.number(0)


@dataclass(frozen=True, slots=True)
class RolledUpMeasure(Measure):
    """`kept_as` is the engine's type, in DuckDB's words, of the aggregate over rows: of the sum, for an average."""

    kept_as: str = ""


def is_exact(aggregation: Aggregation, kept_as: str, dialect: str = "duckdb") -> bool:
    """Whether parts give what rows give, to the type: sums of floating point numbers depend on their order.

    Averages are put together as DuckDB does it, and elsewhere not at all.
    """
    if aggregation is Aggregation.AVERAGE and dialect != "duckdb":
        return False
    if aggregation in {Aggregation.SUM, Aggregation.AVERAGE}:
        return kept_as in {"BIGINT", "HUGEINT"} or bool(_DECIMAL.fullmatch(kept_as))
    return True


def is_estimated(measure: Measure) -> bool:
    """Whether its different values are estimated, as it declares."""
    return measure.agg is Aggregation.COUNT_DISTINCT and measure.approximate is True


def combined(measure: RolledUpMeasure, parts: exp.Expr, relation: str) -> exp.Expr:
    """The aggregate over parts in columns of `relation`, in the type of the aggregate over rows."""
    match measure.agg:
        case Aggregation.MIN | Aggregation.MAX:
            return (exp.Min if measure.agg is Aggregation.MIN else exp.Max)(this=parts)
        case Aggregation.COUNT:
            total = exp.Coalesce(this=exp.Sum(this=parts), expressions=[_ZERO.copy()])
            return exp.cast(total, measure.kept_as, dialect="duckdb")
        case Aggregation.COUNT_DISTINCT:
            return _different(measure, parts, relation)
        case Aggregation.AVERAGE:
            counts = column(measure.name + COUNTED, relation)
            return _average(measure, exp.Sum(this=parts), exp.Sum(this=counts))
        case _:
            return exp.cast(exp.Sum(this=parts), measure.kept_as, dialect="duckdb")


def _different(measure: RolledUpMeasure, parts: exp.Expr, relation: str) -> exp.Expr:
    """The values themselves were kept, or the greatest rank of each of their registers."""
    if is_estimated(measure):
        return DistinctEstimate(this=parts, register=column(measure.name + REGISTER, relation))
    return exp.Count(this=exp.Distinct(expressions=[parts]))


def _average(measure: RolledUpMeasure, total: exp.Expr, count: exp.Expr) -> exp.Expr:
    """As the engine does it: the digits of the sum as a double, by the count times the scale."""
    scale = _DECIMAL.fullmatch(measure.kept_as)
    power = exp.Literal.number(10 ** int(scale[1]) if scale else 1)
    digits = exp.cast(exp.Mul(this=total, expression=power), "HUGEINT", dialect="duckdb")
    parts = exp.Mul(this=exp.cast(count, "DOUBLE"), expression=power.copy())
    nothing = exp.Nullif(this=exp.Paren(this=parts), expression=_ZERO.copy())
    return exp.Div(this=exp.cast(digits, "DOUBLE"), expression=nothing)
