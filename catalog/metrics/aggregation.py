"""How each aggregation is written over rows: nulls do not count, but `sum_boolean` takes null as false."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation, Measure
from catalog.metrics.dialects.percentile import Percentile
from catalog.metrics.estimate import DistinctEstimate
from catalog.metrics.expression import element_expression, with_columns
from catalog.metrics.plan.field import located
from catalog.metrics.rolled_up_measure import RolledUpMeasure, combined, is_estimated

COUNTS: Final = frozenset({Aggregation.COUNT, Aggregation.COUNT_DISTINCT})


def aggregated(measure: Measure, relation: str) -> exp.Expr:
    """The aggregate over columns of `relation`; raises `ExpressionRefused`."""
    tree = element_expression(measure.name, measure.expr)
    value = with_columns(tree, lambda one: located(one, relation))
    if isinstance(measure, RolledUpMeasure):
        return combined(measure, value, relation)
    return DistinctEstimate(this=value) if is_estimated(measure) else aggregate(measure, value)


def aggregate(measure: Measure, value: exp.Expr) -> exp.Expr:
    """The measure's aggregate over a value; where an estimate of different values is declared, the exact one."""
    return _AGGREGATES[measure.agg](value, measure.agg_params)


def percentile_of(params: Mapping[str, Any]) -> float | None:
    """The declared percentile, between 0 and 1; None where it is missing or out of range."""
    value = params.get("percentile")
    valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1
    return float(value) if valid and value is not None else None


def _count_distinct(value: exp.Expr, _: Mapping[str, Any]) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def _sum_boolean(value: exp.Expr, _: Mapping[str, Any]) -> exp.Expr:
    ones = exp.If(this=value, true=exp.Literal.number(1))
    return exp.Sum(this=exp.Case(ifs=[ones], default=exp.Literal.number(0)))


def _median(value: exp.Expr, params: Mapping[str, Any]) -> exp.Expr:
    return _percentile(value, {**params, "percentile": 0.5})


def _percentile(value: exp.Expr, params: Mapping[str, Any]) -> exp.Expr:
    """Exact, but where it is declared approximate and may then be estimated."""
    share = exp.Literal.number(str(percentile_of(params)))
    return Percentile(
        this=value,
        share=share,
        discrete=params.get("use_discrete_percentile") is True,
        approximate=params.get("use_approximate_percentile") is True,
    )


_AGGREGATES: Final[Mapping[Aggregation, Callable[[exp.Expr, Mapping[str, Any]], exp.Expr]]] = {
    Aggregation.AVERAGE: lambda value, _: exp.Avg(this=value),
    Aggregation.COUNT: lambda value, _: exp.Count(this=value),
    Aggregation.COUNT_DISTINCT: _count_distinct,
    Aggregation.MAX: lambda value, _: exp.Max(this=value),
    Aggregation.MEDIAN: _median,
    Aggregation.MIN: lambda value, _: exp.Min(this=value),
    Aggregation.PERCENTILE: _percentile,
    Aggregation.SUM: lambda value, _: exp.Sum(this=value),
    Aggregation.SUM_BOOLEAN: _sum_boolean,
}
