"""A moved calendar as SQL: periods and the moments in them are numbered, and joined by their numbers."""

from sqlglot import exp

from catalog.metrics.expression import column, declared, every
from catalog.metrics.plan.shift_calendar import ShiftCalendar
from catalog.metrics.plan.spine_periods import SpinePeriods
from catalog.metrics.time_step import EARLIER


def shifted(plan: ShiftCalendar, table: exp.Table) -> exp.Select:
    """Each moment with an earlier one, as `moment_earlier`."""
    late, early = "late", "early"
    number = exp.Sub(this=column("period_number", late), expression=exp.Literal.number(plan.count))
    on: list[exp.Expr] = [exp.EQ(this=column("period_number", early), expression=number)]
    first = exp.Literal.number(1) if plan.whole else column("position", early)
    on.append(exp.EQ(this=column("position", late), expression=first))
    select = exp.Select(
        expressions=[
            _declared(declared(plan.moment, late), plan.moment),
            _named(declared(plan.moment, early), EARLIER),
        ]
    )
    select.set("from_", exp.From(this=_subquery(_numbered(plan, table), late)))
    select.append(
        "joins", exp.Join(this=_subquery(_numbered(plan, table), early), kind="INNER", on=every(on))
    )
    return select


def periods(plan: SpinePeriods, table: exp.Table) -> exp.Select:
    """Each period once, under the name of the spine's moments."""
    start = exp.TimestampTrunc(
        this=declared(plan.moment, plan.alias), unit=exp.Var(this=plan.grain.value.upper())
    )
    select = exp.Select(expressions=[_declared(start, plan.moment)], distinct=exp.Distinct())
    select.set("from_", exp.From(this=table))
    return select


def _numbered(plan: ShiftCalendar, table: exp.Table) -> exp.Select:
    """The moments with the number of their period, and their own within it."""
    moment, period = (declared(name, plan.alias) for name in (plan.moment, plan.period))
    start = exp.Window(this=exp.Min(this=moment.copy()), partition_by=[period.copy()])
    position = exp.Window(this=exp.RowNumber(), partition_by=[period.copy()], order=_by(moment))
    starts = exp.Select(
        expressions=[
            _declared(moment.copy(), plan.moment),
            _named(start, "start"),
            _named(position, "position"),
        ]
    )
    starts.set("from_", exp.From(this=table.copy()))
    number = exp.Window(this=exp.DenseRank(), order=_by(column("start")))
    select = exp.Select(
        expressions=[
            _declared(declared(plan.moment), plan.moment),
            _named(column("position"), "position"),
            _named(number, "period_number"),
        ]
    )
    select.set("from_", exp.From(this=_subquery(starts, "starts")))
    return select


def _by(tree: exp.Expr) -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=tree.copy(), nulls_first=False)])


def _declared(tree: exp.Expr, name: str) -> exp.Alias:
    """Under the name that the data has."""
    return exp.Alias(this=tree, alias=exp.Identifier(this=name, quoted=False))


def _named(tree: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=tree, alias=exp.Identifier(this=name, quoted=True))


def _subquery(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=True)))
