"""Comparisons of a truncated time, written on the time itself: engines can then skip data by its bounds.

`DATE_TRUNC('month', t) >= v` is `t >= ceiling(v)`; the other comparisons follow. Each form gives the same
truth value for every `t`, null included.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlglot import exp

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.moment import ceiling, floor, following

MIRRORED: Final[dict[type[exp.Expr], type[exp.Expr]]] = {
    exp.EQ: exp.EQ,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}


def compared(
    comparison: type[exp.Expr],
    time: exp.Expr,
    grain: TimeGranularity,
    moment: datetime,
    value: Callable[[datetime], exp.Expr],
) -> exp.Expr | None:
    """`comparison` of `time`, truncated to `grain`, with the moment; None where bounds cannot say it."""
    if comparison is exp.EQ:
        return within(time, grain, moment, moment, value) if moment == floor(moment, grain) else None
    outside = comparison in {exp.GT, exp.LTE}
    bound = following(floor(moment, grain), grain) if outside else ceiling(moment, grain)
    form = exp.GTE if comparison in {exp.GT, exp.GTE} else exp.LT
    return form(this=time, expression=value(bound))


def within(
    time: exp.Expr,
    grain: TimeGranularity,
    first: datetime,
    last: datetime,
    value: Callable[[datetime], exp.Expr],
) -> exp.Expr:
    """Whether `time`, truncated to `grain`, lies from `first` to `last`, both included."""
    lower = exp.GTE(this=time, expression=value(ceiling(first, grain)))
    upper = exp.LT(this=time.copy(), expression=value(following(floor(last, grain), grain)))
    return exp.Paren(this=exp.And(this=lower, expression=upper))
