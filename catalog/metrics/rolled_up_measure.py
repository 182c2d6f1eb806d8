"""A measure whose parts were aggregated before: how the parts become what the rows would have given."""

import re
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation, Measure

COUNTED: Final = "__count"
_DECIMAL: Final = re.compile(r"DECIMAL\(\d+,(\d+)\)")
_ZERO: Final = exp.Literal.number(0)


@dataclass(frozen=True, slots=True)
class RolledUpMeasure(Measure):
    """`kept_as` is the engine's type of the aggregate over rows: of the sum, for an average."""

    kept_as: str = ""


def is_exact(aggregation: Aggregation, kept_as: str) -> bool:
    """Whether parts give what rows give: sums of floating point numbers depend on their order."""
    if aggregation in {Aggregation.SUM, Aggregation.AVERAGE}:
        return kept_as == "HUGEINT" or bool(_DECIMAL.fullmatch(kept_as))
    return True


def combined(measure: RolledUpMeasure, parts: exp.Expr, counts: exp.Expr) -> exp.Expr:
    """The aggregate over parts, in the type of the aggregate over rows; `counts` are those of an average."""
    match measure.agg:
        case Aggregation.MIN:
            return exp.Min(this=parts)
        case Aggregation.MAX:
            return exp.Max(this=parts)
        case Aggregation.COUNT:
            total = exp.Coalesce(this=exp.Sum(this=parts), expressions=[_ZERO.copy()])
            return exp.cast(total, measure.kept_as, dialect="duckdb")
        case Aggregation.AVERAGE:
            return _average(measure, exp.Sum(this=parts), exp.Sum(this=counts))
        case _:
            return exp.cast(exp.Sum(this=parts), measure.kept_as, dialect="duckdb")


def _average(measure: RolledUpMeasure, total: exp.Expr, count: exp.Expr) -> exp.Expr:
    """As the engine does it: the digits of the sum as a double, by the count times the scale."""
    scale = _DECIMAL.fullmatch(measure.kept_as)
    power = exp.Literal.number(10 ** int(scale[1]) if scale else 1)
    digits = exp.cast(exp.Mul(this=total, expression=power), "HUGEINT", dialect="duckdb")
    parts = exp.Mul(this=exp.cast(count, "DOUBLE"), expression=power.copy())
    nothing = exp.Nullif(this=exp.Paren(this=parts), expression=_ZERO.copy())
    return exp.Div(this=exp.cast(digits, "DOUBLE"), expression=nothing)
