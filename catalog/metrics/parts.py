"""From a plan to one that is faster: rows are aggregated before they meet the many moments of a time spine.

A value so far, of a window or since the start of a period, joins each row to each moment at which it counts.
Rows of the same time in the same groups meet the same moments, so that their sums, counts, minima and maxima can
be taken first. Averages, distinct counts and percentiles cannot be put together so, and keep joining rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Final

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation, TimeGranularity
from catalog.metrics.dialects.dialect import Dialect
from catalog.metrics.expression import column
from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.filter_rows import FilterRows
from catalog.metrics.plan.join_metric import JoinMetric
from catalog.metrics.plan.join_model import JoinModel
from catalog.metrics.plan.join_spine import JoinSpine
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.pre_aggregate import PreAggregate
from catalog.metrics.plan.read_model import ReadModel

TIME: Final = "moment__of_rows"


def with_parts(plan: Node, dialect: Dialect) -> Node:
    """The plan with parts where they give the same values.

    Of the same types too, but PostgreSQL, Redshift and Spark widen what they add up twice: whole numbers become exact
    decimals, decimals get more digits. Sums of floating point numbers depend on the
    order of their rows, as they do in any engine.
    """
    assert is_dataclass(plan)
    inner = {one.name: getattr(plan, one.name) for one in fields(plan)}
    changed = {name: _within(value, dialect) for name, value in inner.items()}
    if any(value is not inner[name] for name, value in changed.items()):
        plan = replace(plan, **changed)
    return _from_parts(plan, dialect) if isinstance(plan, Aggregate) else plan


def _within(value: object, dialect: Dialect) -> object:
    if isinstance(value, Node):
        return with_parts(value, dialect)
    if isinstance(value, tuple) and any(isinstance(one, Node) for one in value):
        return tuple(with_parts(one, dialect) for one in value)
    return value


@dataclass(frozen=True, slots=True)
class _Split:
    """The steps before the moments, and those that look at moments, each in their order."""

    rows: Node
    later: tuple[JoinSpine | FilterRows, ...]
    moments: frozenset[str]


def _from_parts(plan: Aggregate, dialect: Dialect) -> Aggregate:
    chain = list(_chain(plan.parent))
    split = _split(chain) if any(map(_is_accumulating, chain)) else None
    if split is None or not all(_has_parts(one, split.moments) for one in plan.measures):
        return plan
    first, *others = split.later
    time = _time(first, split.moments) if isinstance(first, JoinSpine) and plan.measures else None
    if time is None or not isinstance(first, JoinSpine):
        return plan
    alias = f"{plan.source}__parts"
    early = tuple(one for one in plan.keys if one.relation not in split.moments)
    parts = Aggregate(split.rows, plan.source, (*early, time), plan.measures)
    node: Node = PreAggregate(parts, alias)
    for one in (replace(first, on=_at(first.on, time, alias)), *others):
        node = replace(one, parent=node)
    keys = tuple(_kept(one, alias) if one in early else one for one in plan.keys)
    return Aggregate(node, plan.source, keys, tuple(_whole(one, alias, dialect) for one in plan.measures))


def _chain(node: Node) -> Iterator[Node]:
    """The steps that lead to the rows, first step first."""
    if not isinstance(node, ReadModel):
        yield from _chain(node.parents[0])
    yield node


def _is_accumulating(node: Node) -> bool:
    return isinstance(node, JoinSpine) and node.inner and node.on.find(exp.LTE) is not None


def _split(chain: list[Node]) -> _Split | None:
    """None where a step looks at both rows and moments, or moments are not met by the time of rows."""
    rows, *steps = chain
    later: list[JoinSpine | FilterRows] = []
    moments: set[str] = set()
    for one in steps:
        match one:
            case JoinSpine() if one.inner or _relations(one.on) & moments:
                moments.add(one.spine.alias)
                if later and not _relations(one.on) <= moments:
                    return None
                later.append(one)
            case JoinSpine():
                rows = replace(one, parent=rows)
            case FilterRows():
                early = tuple(each for each in one.conditions if not _relations(each.tree) & moments)
                late = tuple(each for each in one.conditions if each not in early)
                if not all(_relations(each.tree) <= moments for each in late):
                    return None
                rows = FilterRows(rows, early) if early else rows
                later += [FilterRows(rows, late)] if late else []
            case JoinModel() | JoinMetric() if not moments & {
                each for pair in one.on for side in pair for each in _relations(side)
            }:
                rows = replace(one, parent=rows)
            case _:
                return None
    return _Split(rows, tuple(later), frozenset(moments))


def _relations(tree: exp.Expr) -> set[str]:
    return {one.table for one in tree.find_all(exp.Column)}


def _has_parts(one: AggregatedMeasure, moments: frozenset[str]) -> bool:
    """Whether the aggregate over all rows is one over parts; its own conditions look at rows alone."""
    counted = type(one.tree) is exp.Count and not isinstance(one.tree.this, exp.Distinct)
    if not counted and type(one.tree) not in {exp.Max, exp.Min, exp.Sum}:
        return False
    looked_at = _relations(one.tree).union(*(_relations(each.tree) for each in one.conditions))
    return not looked_at & moments


def _time(first: JoinSpine, moments: frozenset[str]) -> Field | None:
    """The time by which rows meet moments; None where the join looks at anything else of the rows."""
    found = (one for one in first.on.find_all(exp.TimestampTrunc) if not _relations(one) & moments)
    cuts = [one for one in found if not one.find_ancestor(exp.TimestampTrunc)]
    relations = _relations(first.on) - moments
    if not cuts or any(one != cuts[0] for one in cuts) or len(relations) != 1:
        return None
    grain = TimeGranularity(cuts[0].text("unit").lower())
    time = Field(TIME, relations.pop(), TIME, cuts[0].this, grain)
    return time if _relations(_at(first.on, time, first.spine.alias)) <= moments else None


def _at(on: exp.Expr, time: Field, alias: str) -> exp.Expr:
    """The condition with the time of parts in the place of that of rows."""
    cut = time.tree
    return on.copy().transform(lambda node: column(TIME, alias) if node == cut else node)


def _kept(one: Field, alias: str) -> Field:
    return Field(one.name, alias, one.element, column(one.name))


def _whole(one: AggregatedMeasure, alias: str, dialect: Dialect) -> AggregatedMeasure:
    part = column(one.name, alias)
    if isinstance(one.tree, exp.Min | exp.Max):
        return replace(one, tree=type(one.tree)(this=part), conditions=())
    ones = one.aggregation is Aggregation.SUM_BOOLEAN
    kept_as = dialect.counts_as if isinstance(one.tree, exp.Count) else dialect.ones_as if ones else None
    total: exp.Expr = exp.Sum(this=part)
    return replace(one, tree=exp.cast(total, kept_as) if kept_as else total, conditions=())
