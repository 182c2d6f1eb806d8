"""From a plan to one SELECT: a tree of SQL, written in a dialect at the end, never put together as text."""

from collections.abc import Iterable

from sqlglot import exp

from catalog.metrics.aggregation import COUNTS
from catalog.metrics.dialect import Dialect, dialect_named
from catalog.metrics.expression import column, every, with_columns
from catalog.metrics.plan.aggregate import Aggregate, AggregatedMeasure
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.combine import Combine
from catalog.metrics.plan.compute import Compute
from catalog.metrics.plan.filter_rows import FilterRows
from catalog.metrics.plan.join_model import JoinModel
from catalog.metrics.plan.keep_boundary import KeepBoundary
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.order_limit import OrderLimit
from catalog.metrics.plan.read_model import ReadModel


def render(plan: Node, dialect: str) -> str:
    """The plan as SQL of the dialect; raises `UsageError` for a dialect that is not served."""
    spoken = dialect_named(dialect)
    if isinstance(plan, OrderLimit):
        return spoken.written(_ordered(_computed(plan.parent, spoken), plan))
    return spoken.written(_computed(plan, spoken))


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


def _computed(plan: Node, dialect: Dialect) -> exp.Select:
    """Keys and formulas over one scan in one SELECT, or over the combination of several."""
    assert isinstance(plan, Compute)
    if isinstance(plan.parent, Aggregate):
        measures = {one.name: _aggregate(one, plan.parent) for one in plan.parent.measures}
        select = _scan(plan.parent)
    else:
        assert isinstance(plan.parent, Combine)
        select, measures = _combination(plan.parent, dialect)
    for one in plan.metrics:
        formula = with_columns(one.formula, lambda name: measures[name.name].copy())
        select.append("expressions", _named(formula, one.name))
    return select


def _scan(plan: Aggregate) -> exp.Select:
    """The keys of one scan with its source, filters and groups, before anything is aggregated."""
    select = exp.Select(expressions=[_named(key.tree, key.name) for key in plan.keys])
    _read_from(select, plan.parent)
    return _grouped(select, len(plan.keys))


def _read_from(select: exp.Select, node: Node) -> None:
    match node:
        case ReadModel():
            select.set("from_", exp.From(this=_table(node)))
        case JoinModel():
            _read_from(select, node.parent)
            on = [exp.EQ(this=left.copy(), expression=right.copy()) for left, right in node.on]
            select.append("joins", exp.Join(this=_table(node.right), side="LEFT", on=every(on)))
        case FilterRows():
            _read_from(select, node.parent)
            before = [where.this] if (where := select.args.get("where")) else []
            conditions = [*before, *(one.tree.copy() for one in node.conditions)]
            select.set("where", exp.Where(this=every(conditions)))
        case KeepBoundary():
            _read_from(select, node.parent)
            select.append("joins", _boundary(node))
        case _:
            raise TypeError(f"{type(node).__name__} is no source of rows")


def _boundary(node: KeepBoundary) -> exp.Join:
    """The same rows again, aggregated to the moment that counts in each window."""
    moment = (exp.Max if node.last else exp.Min)(this=node.time.tree)
    window = exp.Select(expressions=[_named(one.tree, one.name) for one in node.groups])
    window.append("expressions", _named(moment, "boundary"))
    _read_from(window, node.parent)
    alias = exp.TableAlias(this=exp.Identifier(this="boundary", quoted=True))
    on: list[exp.Expr] = [exp.EQ(this=node.time.tree, expression=column("boundary", "boundary"))]
    on += [exp.NullSafeEQ(this=one.tree, expression=column(one.name, "boundary")) for one in node.groups]
    source = exp.Subquery(this=_grouped(window, len(node.groups)), alias=alias)
    return exp.Join(this=source, kind="INNER", on=every(on))


def _table(node: ReadModel) -> exp.Table:
    """The relation, `name`, `schema.name` or `catalog.schema.name`, under its alias."""
    *before, name = (exp.Identifier(this=part, quoted=True) for part in node.relation.split("."))
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
    where = exp.Where(this=every([one.tree.copy() for one in conditions]))
    return exp.Filter(this=tree.copy(), expression=where)


def _combination(plan: Combine, dialect: Dialect) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """The keys over all aggregates, and what each measure is called there."""
    if plan.keys and not dialect.null_safe_full_join:
        return _stacked(plan)
    return _joined(plan)


def _joined(plan: Combine) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """A full outer join on null-safe equality; single rows are simply put side by side."""
    select, seen, measures = exp.Select(), list[str](), dict[str, exp.Expr]()
    for number, one in enumerate(plan.aggregates):
        alias = one.source if one.source not in seen else f"{one.source}__{number}"
        source = exp.Subquery(
            this=_finished(one), alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=True))
        )
        if seen:
            on = [exp.NullSafeEQ(this=_first(key, seen), expression=column(key, alias)) for key in plan.keys]
            kind = {"side": "FULL", "kind": "OUTER", "on": every(on)} if on else {"kind": "CROSS"}
            select.append("joins", exp.Join(this=source, **kind))
        else:
            select.set("from_", exp.From(this=source))
        seen.append(alias)
        measures |= {measure.name: column(measure.name, alias) for measure in one.measures}
    select.set("expressions", [_named(_first(key, seen), key) for key in plan.keys])
    return select, measures


def _first(key: str, relations: list[str]) -> exp.Expr:
    """The key of whichever relation has the group."""
    head, *rest = (column(key, relation) for relation in relations)
    return exp.Coalesce(this=head, expressions=rest) if rest else head


def _stacked(plan: Combine) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """For dialects that cannot join so: aggregates are stacked and grouped once more, where null meets null.

    Each group has at most one row of each aggregate, so that the maximum is that row's value. Two at a time,
    because a column that only holds nulls so far has no type to stack on.
    """
    first, *others = plan.aggregates
    select, names = _finished(first), [one.name for one in first.measures]
    for other in others:
        added = [one.name for one in other.measures]
        for name in added:
            select.append("expressions", _named(exp.Null(), name))
        stack = exp.Union(this=select, expression=_finished(other, names), distinct=False)
        names += added
        select = _grouped(_over(stack, plan.keys), len(plan.keys))
        if other is not others[-1]:
            for name in names:
                select.append("expressions", _named(exp.Max(this=column(name)), name))
    return select, {name: exp.Max(this=column(name)) for name in names}


def _over(stack: exp.Union, keys: tuple[str, ...]) -> exp.Select:
    alias = exp.TableAlias(this=exp.Identifier(this="combined", quoted=True))
    source = exp.Subquery(this=stack, alias=alias)
    select = exp.Select(expressions=[_named(column(key), key) for key in keys])
    select.set("from_", exp.From(this=source))
    return select


def _finished(plan: Aggregate, missing: Iterable[str] = ()) -> exp.Select:
    """One scan with its keys and measures as columns; `missing` are nulls between them."""
    select = _scan(plan)
    for name in missing:
        select.append("expressions", _named(exp.Null(), name))
    for one in plan.measures:
        select.append("expressions", _named(_aggregate(one, plan).copy(), one.name))
    return select


def _named(tree: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=tree, alias=exp.Identifier(this=name, quoted=True))
