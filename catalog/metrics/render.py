"""From a plan to one SELECT: a tree of SQL, written in a dialect at the end, never put together as text."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from sqlglot import exp

from catalog.metrics.aggregation import COUNTS
from catalog.metrics.dialect import dialect_named
from catalog.metrics.dialects.dialect import Dialect
from catalog.metrics.expand import PRESENT
from catalog.metrics.expression import column, every, with_columns
from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.combine import Combine
from catalog.metrics.plan.compute import Compute
from catalog.metrics.plan.count_conversions import CountConversions
from catalog.metrics.plan.fill_time import FillTime, filled_column
from catalog.metrics.plan.filter_rows import FilterRows
from catalog.metrics.plan.join_metric import JoinMetric
from catalog.metrics.plan.join_model import JoinModel
from catalog.metrics.plan.join_spine import JoinSpine
from catalog.metrics.plan.keep_boundary import KeepBoundary
from catalog.metrics.plan.keep_registers import KeepRegisters
from catalog.metrics.plan.min_max import MinMax
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.order_limit import OrderLimit
from catalog.metrics.plan.pre_aggregate import PreAggregate
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.plan.shift_calendar import ShiftCalendar
from catalog.metrics.plan.source import Source
from catalog.metrics.plan.spine_periods import SpinePeriods
from catalog.metrics.plan.take_period import TakePeriod
from catalog.metrics.render_calendar import periods, shifted
from catalog.metrics.render_conversions import conversions

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def render(plan: Node, dialect: str, values: Sequence[object] | None = None) -> str:
    """The plan as SQL of the dialect, its parameters replaced by `values` where they are given.

    Raises `UsageError` for a dialect that is not served.
    """
    return dialect_named(dialect).written(tree_of(plan, dialect), values)


def tree_of(plan: Node, dialect: str) -> exp.Select:
    """The plan as the tree that `render` writes; a new tree each time."""
    spoken = dialect_named(dialect)
    if isinstance(plan, OrderLimit):
        return _ordered(_result(plan.parent, spoken), plan)
    return _result(plan, spoken)


def _ordered(select: exp.Select, plan: OrderLimit) -> exp.Select:
    if plan.order_by:
        terms = [
            exp.Ordered(this=column(one.name), desc=one.descending, nulls_first=False)
            for one in plan.order_by
        ]
        select.set("order", exp.Order(expressions=terms))
    if plan.limit is not None:
        select.set("limit", exp.Limit(expression=exp.Literal.number(plan.limit)))
    return select


def _result(plan: Node, dialect: Dialect) -> exp.Select:
    if not isinstance(plan, MinMax):
        return _computed(plan, dialect)
    ends = zip((exp.Min, exp.Max), plan.columns, strict=True)
    select = exp.Select(expressions=[_named(end(this=column(plan.name)), name) for end, name in ends])
    select.set("from_", exp.From(this=_subquery(_computed(plan.parent, dialect), "values")))
    return select


def _computed(plan: Node, dialect: Dialect) -> exp.Select:
    """Keys and formulas over one scan in one SELECT, or over the combination of several."""
    assert isinstance(plan, Compute)
    if isinstance(plan.parent, Aggregate):
        measures = {one.name: _aggregate(one, plan.parent) for one in plan.parent.measures}
        select = _scan(plan.parent, dialect)
    else:
        combined = plan.parent if isinstance(plan.parent, Combine) else Combine((_source(plan.parent),))
        select, measures = _combination(combined, dialect)
    for one in plan.metrics:
        formula = with_columns(one.formula, lambda name: measures[name.name].copy())
        select.append("expressions", _named(formula, one.name))
    return select


def _source(node: Node) -> Source:
    assert isinstance(node, Source)
    return node


def _scan(plan: Aggregate, dialect: Dialect) -> exp.Select:
    """The keys of one scan with its source, filters and groups, before anything is aggregated."""
    select = exp.Select(expressions=[_named(key.tree, key.name) for key in plan.keys])
    read_from(select, plan.parent, dialect)
    return _grouped(select, len(plan.keys))


def read_from(select: exp.Select, node: Node, dialect: Dialect) -> None:
    """Add the tables, joins and conditions of a source of rows."""
    if not isinstance(node, ReadModel | PreAggregate | KeepRegisters):
        read_from(select, node.parents[0], dialect)
    match node:
        case ReadModel():
            select.set("from_", exp.From(this=_table(node)))
        case PreAggregate() | KeepRegisters():
            select.set("from_", exp.From(this=_subquery(_finished(node.parent, dialect), node.alias)))
        case JoinModel():
            valid = [node.valid.copy()] if node.valid else []
            side = "FULL" if node.full else "LEFT"
            on = every([*_equal(node.on), *valid])
            select.append("joins", exp.Join(this=_met(node.right, dialect), side=side, on=on))
        case JoinSpine():
            side = "" if node.inner else "LEFT"
            select.append("joins", exp.Join(this=_moments(node.spine), side=side, on=node.on.copy()))
        case JoinMetric():
            source = _subquery(_computed(node.metric, dialect), node.alias)
            select.append("joins", exp.Join(this=source, side="LEFT", on=every(_equal(node.on))))
        case FilterRows():
            before = [where.this] if (where := select.args.get("where")) else []
            conditions = [*before, *(one.tree.copy() for one in node.conditions)]
            select.set("where", exp.Where(this=every(conditions)))
        case KeepBoundary():
            select.append("joins", _boundary(node, dialect))
        case _:
            raise TypeError(f"{type(node).__name__} is no source of rows")


def _met(node: ReadModel | JoinModel, dialect: Dialect) -> exp.Table | exp.Subquery:
    """A relation, or in parentheses one with those that it is joined to first."""
    if isinstance(node, ReadModel):
        return _table(node)
    inner = exp.Select()
    read_from(inner, node, dialect)
    table = inner.args["from_"].this
    table.set("joins", inner.args["joins"])
    return exp.Subquery(this=table)


def _equal(pairs: Iterable[tuple[exp.Expr, exp.Expr]]) -> list[exp.Expr]:
    return [exp.EQ(this=left.copy(), expression=right.copy()) for left, right in pairs]


def _boundary(node: KeepBoundary, dialect: Dialect) -> exp.Join:
    """The same rows again, aggregated to the moment that counts in each window."""
    moment = (exp.Max if node.last else exp.Min)(this=node.time.tree)
    window = exp.Select(expressions=[_named(one.tree, one.name) for one in node.groups])
    window.append("expressions", _named(moment, "boundary"))
    read_from(window, node.parent, dialect)
    on: list[exp.Expr] = [exp.EQ(this=node.time.tree, expression=column("boundary", "boundary"))]
    on += [exp.NullSafeEQ(this=one.tree, expression=column(one.name, "boundary")) for one in node.groups]
    source = _subquery(_grouped(window, len(node.groups)), "boundary")
    return exp.Join(this=source, kind="INNER", on=every(on))


def _moments(node: ReadModel | ShiftCalendar | SpinePeriods) -> exp.Table | exp.Subquery:
    match node:
        case ReadModel():
            return _table(node)
        case SpinePeriods():
            return _subquery(periods(node, _table(node.spine)), node.alias)
        case ShiftCalendar():
            return _subquery(shifted(node, _table(node.spine)), node.alias)


def _table(node: ReadModel) -> exp.Table:
    """The relation, `name`, `schema.name` or `catalog.schema.name`, under its alias."""
    *before, name = (
        exp.Identifier(this=part, quoted=not _PLAIN.match(part)) for part in node.relation.split(".")
    )
    schema, catalog = [*reversed(before), None, None][:2]
    alias = exp.TableAlias(this=exp.Identifier(this=node.alias, quoted=True))
    return exp.Table(this=name, db=schema, catalog=catalog, alias=alias)


def _grouped(select: exp.Select, keys: int) -> exp.Select:
    """Grouped by the first columns, by position: an output name could also be a column of the relation."""
    if keys:
        positions = [exp.Literal.number(position + 1) for position in range(keys)]
        select.set("group", exp.Group(expressions=positions))
    return select


def _aggregate(one: AggregatedMeasure, plan: Aggregate) -> exp.Expr:
    """The aggregate over the rows that this measure counts.

    A group in which it counts none has no value for it; SQL would say zero for counts.
    """
    if not one.conditions:
        return one.tree
    filtered = _filtered(one.tree, one.conditions)
    if one.aggregation not in COUNTS or not plan.keys:
        return filtered
    rows = _filtered(exp.Count(this=exp.Star()), one.conditions)
    some = exp.GT(this=rows, expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=some, true=filtered)])


def _filtered(tree: exp.Expr, conditions: Iterable[BoundCondition]) -> exp.Expr:
    """The aggregates of the tree over those rows; around them stays what is computed from them."""
    where = exp.Where(this=every([one.tree.copy() for one in conditions]))

    def over(node: exp.Expr) -> exp.Expr:
        return exp.Filter(this=node, expression=where.copy()) if isinstance(node, exp.AggFunc) else node

    return tree.copy().transform(over)


def _combination(plan: Combine, dialect: Dialect) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """The keys over all aggregates, and what each measure is called there."""
    if plan.keys and not dialect.null_safe_full_join and len(plan.aggregates) > 1:
        return _stacked(plan, dialect)
    return _joined(plan, dialect)


def _joined(plan: Combine, dialect: Dialect) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """A full outer join on null-safe equality; single rows are simply put side by side."""
    select, seen, measures = exp.Select(), list[str](), dict[str, exp.Expr]()
    for number, one in enumerate(plan.aggregates):
        alias = one.model if one.model not in seen else f"{one.model}__{number}"
        source = _subquery(_finished(one, dialect), alias)
        if seen:
            on = [exp.NullSafeEQ(this=_first(key, seen), expression=column(key, alias)) for key in plan.keys]
            kind = {"side": "FULL", "kind": "OUTER", "on": every(on)} if on else {"kind": "CROSS"}
            select.append("joins", exp.Join(this=source, **kind))
        else:
            select.set("from_", exp.From(this=source))
        seen.append(alias)
        measures |= {measure.name: column(measure.name, alias) for measure in one.values}
    select.set("expressions", [_named(_first(key, seen), key) for key in plan.keys])
    return select, measures


def _first(key: str, relations: list[str]) -> exp.Expr:
    """The key of whichever relation has the group."""
    head, *rest = (column(key, relation) for relation in relations)
    return exp.Coalesce(this=head, expressions=rest) if rest else head


def _stacked(plan: Combine, dialect: Dialect) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """For dialects that cannot join so: aggregates are stacked and grouped once more, where null meets null.

    Each group has at most one row of each aggregate, so that the maximum is that row's value. Two at a time,
    because a column that only holds nulls so far has no type to stack on.
    """
    first, *others = plan.aggregates
    select, names = _finished(first, dialect), [one.name for one in first.values]
    for other in others:
        added = [one.name for one in other.values]
        for name in added:
            select.append("expressions", _named(exp.Null(), name))
        stack = exp.Union(this=select, expression=_finished(other, dialect, names), distinct=False)
        names += added
        select = _grouped(_over(stack, plan.keys), len(plan.keys))
        if other is not others[-1]:
            for name in names:
                select.append("expressions", _named(exp.Max(this=column(name)), name))
    return select, {name: exp.Max(this=column(name)) for name in names}


def _over(stack: exp.Union, keys: tuple[str, ...]) -> exp.Select:
    select = exp.Select(expressions=[_named(column(key), key) for key in keys])
    select.set("from_", exp.From(this=_subquery(stack, "combined")))
    return select


def _finished(plan: Source, dialect: Dialect, missing: Sequence[str] = ()) -> exp.Select:
    """Groups with their keys and measures as columns; `missing` are nulls between them."""
    match plan:
        case Aggregate():
            select = _scan(plan, dialect)
            values = {one.name: _aggregate(one, plan).copy() for one in plan.measures}
        case TakePeriod():
            select, values = _period(plan, dialect)
        case FillTime():
            select, values = _with_moments(plan, dialect)
        case CountConversions():
            select, values = conversions(plan, partial(read_from, dialect=dialect))
        case _:
            raise TypeError(f"{type(plan).__name__} has no groups")
    for name in missing:
        select.append("expressions", _named(exp.Null(), name))
    for name, tree in values.items():
        select.append("expressions", _named(tree, name))
    return select


def _period(plan: TakePeriod, dialect: Dialect) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """Values over moments as one value for each group."""
    keys = [one.name for one in plan.groups]
    moments = _subquery(_finished(plan.parent, dialect), "moments")
    select = exp.Select(expressions=[_named(column(key), key) for key in keys])
    values = {one.name: _present(column(one.name), plan.missing) for one in plan.values}
    if plan.choice == "average":
        select.set("from_", exp.From(this=moments))
        return _grouped(select, len(keys)), {name: exp.Avg(this=value) for name, value in values.items()}
    names = [*keys, *values]
    numbered = exp.Select(expressions=[_named(column(name), name) for name in names])
    numbered.append("expressions", _named(_position(keys, plan), "position"))
    numbered.set("from_", exp.From(this=moments))
    select.set("from_", exp.From(this=_subquery(numbered, "numbered")))
    first = exp.EQ(this=column("position"), expression=exp.Literal.number(1))
    select.set("where", exp.Where(this=first))
    return select, values


def _present(value: exp.Expr, missing: int | None) -> exp.Expr:
    if missing is None:
        return value
    return exp.Coalesce(this=value, expressions=[exp.Literal.number(missing)])


def _position(keys: list[str], plan: TakePeriod) -> exp.Window:
    """1 for the first or last moment of each group, whose value may be null."""
    last = plan.choice == "last"
    order = [exp.Ordered(this=column(plan.time.name), desc=last, nulls_first=False)]
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(key) for key in keys],
        order=exp.Order(expressions=order),
    )


def _with_moments(plan: FillTime, dialect: Dialect) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """Every period of the spine, with the groups that it has."""
    moments = exp.Select(expressions=[_named(one.tree, one.name) for one in plan.periods])
    read_from(moments, plan.moments, dialect)
    moments = _grouped(moments, len(plan.periods))
    named = {one.name for one in plan.periods}
    keys = [column(one.name, filled_column(one, plan.periods).relation) for one in plan.groups]
    select = exp.Select(expressions=[_named(key, key.name) for key in keys])
    select.set("from_", exp.From(this=_subquery(moments, "moments")))
    on = [exp.EQ(this=column(one, "moments"), expression=column(one, "found")) for one in sorted(named)]
    found = _subquery(_finished(plan.parent, dialect), "found")
    select.append("joins", exp.Join(this=found, side="LEFT", on=every(on)))
    if plan.conditions:
        select.set("where", exp.Where(this=every([one.tree.copy() for one in plan.conditions])))
    here = exp.Literal.number(1)
    return select, {
        one.name: here.copy() if one.measure == PRESENT.name else column(one.name, "found")
        for one in plan.values
    }


def _subquery(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=True)))


def _named(tree: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=tree, alias=exp.Identifier(this=name, quoted=True))
