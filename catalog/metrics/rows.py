"""The rows that make two leaves differ: what one counts and the other does not, and what both count otherwise."""

from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from catalog.metrics.expression import every
from catalog.metrics.meaning.leaf import LeafMeaning

ADDED: Final = frozenset({"rows", "sum"})


@dataclass(frozen=True, slots=True)
class RowSplit:
    """Conditions over the relation that both leaves read, with what each leaf takes from a row.

    `columns` are those that decide it, in order. Where both leaves add up, the contributions of the three
    kinds of rows make up the whole difference.
    """

    relation: str
    only_one: exp.Expr
    only_other: exp.Expr
    unequal: exp.Expr | None
    amounts: tuple[exp.Expr, exp.Expr]
    columns: tuple[str, ...]
    adds_up: bool

    def counted(self, source: exp.Table) -> exp.Select:
        """One row: for each kind of rows how many there are, what the one leaf takes, what the other."""
        kinds = (self.only_one, self.only_other, self.unequal or exp.false())
        parts: list[exp.Expr] = []
        for kind in kinds:
            parts.append(_where(exp.Count(this=exp.Star()), kind))
            parts += [_where(exp.Sum(this=amount.copy()), kind) for amount in self._added]
        return exp.select(*parts).from_(source)

    @property
    def _added(self) -> tuple[exp.Expr, exp.Expr]:
        nothing = exp.cast(exp.null(), "DOUBLE")
        return self.amounts if self.adds_up else (nothing, nothing)


def split_rows(one: LeafMeaning, other: LeafMeaning) -> RowSplit | None:
    """The split of two leaves over one relation; None where rows cannot be told apart by themselves.

    That is where a condition looks at another relation, or at the time of a measure that is moved.
    """
    if one.relation != other.relation or any(map(_looks_elsewhere, (one, other))):
        return None
    mine, theirs = (_condition(each) for each in (one, other))
    amounts = tuple(
        each.expression.copy() if each.expression else exp.Literal.number(1) for each in (one, other)
    )
    differ = amounts[0] != amounts[1]
    both = every([exp.Paren(this=mine.copy()), exp.Paren(this=theirs.copy())])
    unequal = exp.NullSafeNEQ(
        this=exp.Paren(this=amounts[0].copy()), expression=exp.Paren(this=amounts[1].copy())
    )
    trees = (mine, theirs, *amounts)
    return RowSplit(
        one.relation,
        every([exp.Paren(this=mine), _is_not(theirs)]),
        every([exp.Paren(this=theirs.copy()), _is_not(mine)]),
        every([both, unequal]) if differ else None,
        (amounts[0], amounts[1]),
        tuple(dict.fromkeys(found.name for tree in trees for found in tree.find_all(exp.Column))),
        {one.aggregation, other.aggregation} <= ADDED,
    )


def _condition(leaf: LeafMeaning) -> exp.Expr:
    return every([one.copy() for one in leaf.filters]) if leaf.filters else exp.true()


def _looks_elsewhere(leaf: LeafMeaning) -> bool:
    trees = (*leaf.filters, *([leaf.expression] if leaf.expression else []))
    return any(found.table for tree in trees for found in tree.find_all(exp.Column)) or "steps" in leaf.plain


def _is_not(condition: exp.Expr) -> exp.Expr:
    """Whether a condition is false or unknown."""
    return exp.Not(this=exp.Is(this=exp.Paren(this=condition.copy()), expression=exp.true()))


def _where(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition.copy()))
