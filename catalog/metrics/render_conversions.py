"""Conversions as SQL: every conversion is numbered, and meets the last opportunity before it."""

from collections.abc import Callable

from sqlglot import exp

from catalog.metrics.expression import column, every, with_columns
from catalog.metrics.plan.count_conversions import CountConversions
from catalog.metrics.plan.node import Node

_LATE = "conversion"


def conversions(
    plan: CountConversions, read_from: Callable[[exp.Select, Node], None]
) -> tuple[exp.Select, dict[str, exp.Expr]]:
    """The groups with the conversions' aggregate; of opportunities at the same time the least group counts."""
    read = _columns(plan.measure.tree)
    values = {one: f"value_{number}" for number, one in enumerate(read)}
    late = exp.Select(expressions=[_named(_row_number(), "number")])
    pairs = [plan.time, *plan.equal]
    for number, (_, tree) in enumerate(pairs):
        late.append("expressions", _named(tree.copy(), f"key_{number}"))
    for one, value in values.items():
        late.append("expressions", _named(read[one].copy(), value))
    read_from(late, plan.conversions)
    met = exp.Select(expressions=[_named(key.tree, key.name) for key in plan.keys])
    read_from(met, plan.opportunities)
    met.append("joins", exp.Join(this=_subquery(late, _LATE), kind="INNER", on=every(_on(plan))))
    for value in values.values():
        met.append("expressions", _named(column(value, _LATE), value))
    nearest = [exp.Ordered(this=plan.time[0].copy(), desc=True, nulls_first=False)]
    nearest += [exp.Ordered(this=key.tree, nulls_first=False) for key in plan.keys]
    number_of = _row_number(column("number", _LATE), nearest)
    met.append("expressions", _named(number_of, "nearest"))
    select = exp.Select(expressions=[_named(column(key.name), key.name) for key in plan.keys])
    select.set("from_", exp.From(this=_subquery(met, "converted")))
    select.set("where", exp.Where(this=exp.EQ(this=column("nearest"), expression=exp.Literal.number(1))))
    if plan.keys:
        select.set(
            "group", exp.Group(expressions=[exp.Literal.number(one + 1) for one in range(len(plan.keys))])
        )
    tree = with_columns(plan.measure.tree, lambda one: column(values[one.table, one.name]))
    return select, {plan.measure.name: tree}


def _on(plan: CountConversions) -> list[exp.Expr]:
    late = column("key_0", _LATE)
    on: list[exp.Expr] = [
        exp.EQ(this=early.copy(), expression=column(f"key_{number}", _LATE))
        for number, (early, _) in enumerate(plan.equal, start=1)
    ]
    on.append(exp.LTE(this=plan.time[0].copy(), expression=late))
    if plan.window:
        start = exp.Sub(this=late.copy(), expression=plan.window.interval)
        on.append(exp.GT(this=plan.time[0].copy(), expression=start))
    return on


def _columns(tree: exp.Expr) -> dict[tuple[str, str], exp.Column]:
    return {(one.table, one.name): one for one in tree.find_all(exp.Column)}


def _row_number(partition: exp.Expr | None = None, order: list[exp.Ordered] | None = None) -> exp.Window:
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[partition] if partition else [],
        order=exp.Order(expressions=order) if order else None,
    )


def _named(tree: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=tree, alias=exp.Identifier(this=name, quoted=True))


def _subquery(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=True)))
