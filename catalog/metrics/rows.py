"""The rows that make two leaves differ: what one counts and the other does not, and what both count otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from catalog.metrics.dialect import dialect_named
from catalog.metrics.expression import every
from catalog.metrics.meaning.leaf import LeafMeaning
from catalog.metrics.render import read_from
from catalog.metrics.row_source import NotByRows, RowSource

ADDED: Final = frozenset({"rows", "sum"})
_NOT_BY_ROWS: Final = {
    "steps": "rows are moved in time",
    "non_additive": "only the rows of one moment are added up",
    "conversion": "what became of rows is counted, not the rows",
}


@dataclass(frozen=True, slots=True)
class RowSplit:
    """Conditions over the rows that both leaves read, with what each leaf takes from a row.

    `columns` are those that decide it, each with its alias in `source`, in order. Where both leaves add up, the
    contributions of the three kinds of rows make up the whole difference.
    """

    source: RowSource
    only_one: exp.Expr
    only_other: exp.Expr
    unequal: exp.Expr | None
    amounts: tuple[exp.Expr, exp.Expr]
    columns: tuple[tuple[str, str], ...]
    adds_up: bool

    def counted(self, relations: Mapping[str, str], dialect: str = "duckdb") -> str:
        """SQL of one row: for each kind of rows how many there are, what the one leaf takes, what the other.

        `relations` are the names of what is read, by alias.
        """
        kinds = (self.only_one, self.only_other, self.unequal or exp.false())
        parts: list[exp.Expr] = []
        for kind in kinds:
            parts.append(_where(exp.Count(this=exp.Star()), kind))
            parts += [_where(exp.Sum(this=amount.copy()), kind) for amount in self._added]
        return self._written(exp.select(*parts), relations, dialect)

    def some_rows(
        self, kind: exp.Expr, shown: list[exp.Expr], most: int, relations: Mapping[str, str]
    ) -> str:
        """SQL of a few rows of a kind, with what is `shown` of them."""
        select = exp.select(*shown).where(kind.copy()).limit(most)
        return self._written(select, relations, "duckdb")

    def _written(self, select: exp.Select, relations: Mapping[str, str], dialect: str) -> str:
        spoken = dialect_named(dialect)
        read_from(select, self.source.node(relations), spoken)
        return spoken.written(select)

    @property
    def _added(self) -> tuple[exp.Expr, exp.Expr]:
        nothing = exp.cast(exp.null(), "DOUBLE")
        return self.amounts if self.adds_up else (nothing, nothing)


def split_rows(one: LeafMeaning, other: LeafMeaning) -> RowSplit:
    """The split of two leaves over one relation and over what a query joins to it.

    Raises `NotByRows` where rows cannot be told apart by themselves: they are of two relations, are moved in
    time, or are looked at through what no join of models leads to.
    """
    _refuse_others(one, other)
    source = RowSource(one.model)
    mine, theirs = (source.over(_condition(each), each) for each in (one, other))
    amounts = tuple(
        source.over(each.expression, each) if each.expression else exp.Literal.number(1)
        for each in (one, other)
    )
    differ = amounts[0] != amounts[1]
    both = every([exp.Paren(this=mine.copy()), exp.Paren(this=theirs.copy())])
    unequal = exp.NullSafeNEQ(
        this=exp.Paren(this=amounts[0].copy()), expression=exp.Paren(this=amounts[1].copy())
    )
    return RowSplit(
        source,
        every([exp.Paren(this=mine), _is_not(theirs)]),
        every([exp.Paren(this=theirs.copy()), _is_not(mine)]),
        every([both, unequal]) if differ else None,
        (amounts[0], amounts[1]),
        _columns(source, [mine, theirs, *amounts]),
        {one.aggregation, other.aggregation} <= ADDED,
    )


def _refuse_others(one: LeafMeaning, other: LeafMeaning) -> None:
    if one.relation != other.relation:
        raise NotByRows(f"one reads {one.relation}, the other {other.relation}")
    if one.model.product != other.model.product:
        raise NotByRows(
            f"{one.relation} is of {one.model.product} to one, {other.model.product} to the other"
        )
    for key, reason in _NOT_BY_ROWS.items():
        if key in one.plain or key in other.plain:
            raise NotByRows(reason)


def _columns(source: RowSource, trees: list[exp.Expr]) -> tuple[tuple[str, str], ...]:
    """What conditions and amounts look at, with the columns of the own relation by which others are met."""
    looked_at = [(found.table, found.name) for tree in trees for found in tree.find_all(exp.Column)]
    sides = (side for met in source.met.values() for pair in met.on for side in pair)
    keys = [(found.table, found.name) for side in sides for found in side.find_all(exp.Column)]
    own = (one for one in keys if one[0] == source.own.name)
    return tuple(dict.fromkeys([*own, *looked_at]))


def _condition(leaf: LeafMeaning) -> exp.Expr:
    return every([one.copy() for one in leaf.filters]) if leaf.filters else exp.true()


def _is_not(condition: exp.Expr) -> exp.Expr:
    """Whether a condition is false or unknown."""
    return exp.Not(this=exp.Is(this=exp.Paren(this=condition.copy()), expression=exp.true()))


def _where(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition.copy()))
