"""When a pre-aggregation answers as its rows would: nothing looks at a time more finely than it was cut.

A query that can be compiled over the coarse model names only dimensions and measures that it has. What is left
to show is that every use of the time gives the same for a moment and for the start of its period: truncated to
a grain that is made of whole periods, or compared with the edge of a period.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlglot import exp

from catalog.domain.semantic_model import Dimension, SemanticModel, TimeGranularity
from catalog.metrics.expression import element_expression
from catalog.metrics.moment import LENGTHS, MONTHS, floor, parse_moment
from catalog.metrics.plan.field import Field


def sees_no_finer(
    tree: exp.Expr,
    model: SemanticModel,
    time: Dimension,
    granularity: TimeGranularity,
    parameters: Sequence[object],
) -> bool:
    """Whether the query `tree` looks at `time` of the relation named as the model only so.

    `parameters` are the values that the tree binds.
    """
    moment = Field(time.name, model.name, time.name, element_expression(time.name, time.expr)).source
    names = {one.name for one in moment.find_all(exp.Column)}
    used = (one for one in tree.find_all(exp.Column) if one.table == model.name and one.name in names)
    return all(_is_coarse(_enclosing(one, moment), granularity, parameters) for one in used)


def divides(period: TimeGranularity, longer: TimeGranularity) -> bool:
    """Whether every `longer` is made of whole ones of `period`."""
    if period.rank > longer.rank:
        return False
    if period in MONTHS:
        return longer in MONTHS and MONTHS[longer] % MONTHS[period] == 0
    if longer in MONTHS:
        return period is not TimeGranularity.WEEK
    return not LENGTHS[longer] % LENGTHS[period]


def _enclosing(found: exp.Expr, moment: exp.Expr) -> exp.Expr | None:
    """The whole time expression that the column stands in; None where it stands in another one."""
    node: exp.Expr | None = found
    while node is not None and node != moment:
        node = node.parent if isinstance(node.parent, exp.Expr) and not isinstance(node, exp.Select) else None
    return node


def _is_coarse(node: exp.Expr | None, granularity: TimeGranularity, parameters: Sequence[object]) -> bool:
    if node is None:
        return False
    above = node.parent
    if isinstance(above, exp.TimestampTrunc) and above.this is node:
        unit = above.text("unit").lower()
        return unit in set(TimeGranularity) and divides(granularity, TimeGranularity(unit))
    if isinstance(above, exp.GTE | exp.LT) and above.this is node:
        edge = _moment(above.expression, parameters)
        return edge is not None and floor(edge, granularity) == edge
    return False


def _moment(node: exp.Expr, parameters: Sequence[object]) -> datetime | None:
    value = node.this if isinstance(node, exp.Cast) else node
    if isinstance(value, exp.Parameter):
        bound = parameters[int(value.name) - 1]
        return parse_moment(bound) if isinstance(bound, str) else None
    return parse_moment(value.name) if isinstance(value, exp.Literal) and value.is_string else None
