"""Conditions in normal form: NOT at the atoms, comparisons in one direction, choices spelled out.

Every rewrite keeps the truth value, unknown included; where only what is true counts (`kept`), unknown is as
good as false, and more is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from catalog.metrics.expression import enclosed
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.literal import number_of
from catalog.metrics.meaning.logic import Clause, Clauses, Junction, Logic
from catalog.metrics.meaning.times import results

LOGICAL: Final = (
    exp.And, exp.Between, exp.EQ, exp.Escape, exp.GT, exp.GTE, exp.ILike, exp.In, exp.Is, exp.LT, exp.LTE,
    exp.Like, exp.NEQ, exp.Not, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or,
)  # fmt: skip
_NEGATED: Final[dict[type[exp.Expr], type[exp.Expr]]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.GTE: exp.LT, exp.GT: exp.LTE, exp.LTE: exp.GT,
    exp.NullSafeEQ: exp.NullSafeNEQ, exp.NullSafeNEQ: exp.NullSafeEQ,
}  # fmt: skip
_TURNED: Final[dict[type[exp.Expr], type[exp.Expr]]] = {exp.GT: exp.LT, exp.GTE: exp.LTE}
_EQUALITIES: Final = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)


def is_present(tree: exp.Expr) -> exp.Expr:
    """`NOT tree IS NULL`, as the normal form writes it."""
    return exp.Not(this=exp.Is(this=enclosed(tree), expression=exp.null()))


@dataclass(frozen=True, slots=True)
class Truth:
    """Conditions over values: `value` is the normal form of an expression, `rebuilt` that of its arguments."""

    value: Callable[[exp.Expr], exp.Expr]
    rebuilt: Callable[[exp.Expr], exp.Expr]

    def whole(self, node: exp.Expr) -> exp.Expr:
        """A condition as a value: true, false or unknown."""
        clauses = Clauses({})
        return clauses.tree(clauses.of(self._logic(node, negated=False, kept=False)))

    def clauses(self, nodes: Sequence[exp.Expr]) -> tuple[exp.Expr, ...]:
        """Conditions that must all be true, where unknown is as good as false."""
        clauses = Clauses({})
        parts = tuple(self._logic(one, negated=False, kept=True) for one in nodes)
        found = clauses.of(Junction(parts, conjunctive=True))
        return tuple(clauses.trees(found - set(_implied(found, clauses))))

    def _logic(self, node: exp.Expr, *, negated: bool, kept: bool) -> Logic:
        bare = node.unnest()
        match bare:
            case exp.Not():
                return self._logic(bare.this, negated=not negated, kept=kept)
            case exp.And() | exp.Or():
                parts = (self._logic(one, negated=negated, kept=kept) for one in (bare.this, bare.expression))
                return Junction(tuple(parts), isinstance(bare, exp.And) is not negated)
            case exp.Between() | exp.In():
                return self._logic(_spelled_out(bare), negated=negated, kept=kept)
            case exp.Case() | exp.If() | exp.Coalesce() if kept and (inner := self._chosen(bare, negated)):
                return self._logic(inner, negated=negated, kept=kept)
            case _:
                return self._single(bare, negated=negated, kept=kept)

    def _single(self, node: exp.Expr, *, negated: bool, kept: bool) -> Logic:
        """A condition that no AND, OR or NOT joins."""
        if isinstance(node, exp.Is):
            return self._is(node, negated=negated, kept=kept)
        if type(node) in _NEGATED:
            return self._comparison(node, negated=negated, kept=kept)
        if isinstance(node, exp.Boolean):
            return exp.Boolean(this=bool(node.this) is not negated)
        found = self._atom(node)
        return exp.Not(this=enclosed(found)) if negated else found

    def _comparison(self, node: exp.Expr, *, negated: bool, kept: bool) -> Logic:
        """`x = TRUE` is `x`; what is left is a comparison of values."""
        for side, other in ((node.this.unnest(), node.expression), (node.expression.unnest(), node.this)):
            plain = isinstance(node, exp.EQ | exp.NEQ) and isinstance(side, exp.Boolean)
            if plain and _may_be_truth(other):
                turned = isinstance(node, exp.EQ) is not bool(side.this)
                return self._logic(other, negated=negated is not turned, kept=kept)
        return self._oriented(_NEGATED[type(node)] if negated else type(node), node)

    def _oriented(self, kind: type[exp.Expr], node: exp.Expr) -> exp.Expr:
        """The comparison with the lesser side first, equal sides in order; of two numbers its truth."""
        left, right = self.value(node.this), self.value(node.expression)
        numbers = number_of(left), number_of(right)
        if kind in _EQUALITIES and None not in numbers:
            return exp.Boolean(this=(numbers[0] == numbers[1]) is (kind in {exp.EQ, exp.NullSafeEQ}))
        if kind in _TURNED:
            kind, left, right = _TURNED[kind], right, left
        if kind in _EQUALITIES:
            left, right = sorted((left, right), key=spelled)
        return kind(this=enclosed(left), expression=enclosed(right))

    def _is(self, node: exp.Is, *, negated: bool, kept: bool) -> Logic:
        """`x IS TRUE` holds where `x` does; as a value it differs, for it is never unknown."""
        wanted = node.expression
        if kept and not negated and isinstance(wanted, exp.Boolean) and _may_be_truth(node.this):
            return self._logic(node.this, negated=not wanted.this, kept=kept)
        atom = exp.Is(this=enclosed(self.value(node.this)), expression=wanted.copy())
        return exp.Not(this=atom) if negated else atom

    def _chosen(self, node: exp.Expr, negated: bool) -> exp.Expr | None:
        """The condition `c` of `CASE WHEN c THEN TRUE END` and `COALESCE(c, FALSE)`, which hold where it does.

        Negated: the `c` of `COALESCE(c, TRUE)`.
        """
        if isinstance(node, exp.Coalesce):
            rest = [one.unnest() for one in node.expressions]
            known = len(rest) == 1 and isinstance(rest[0], exp.Boolean) and bool(rest[0].this) is negated
            return node.this if known else None
        found = self.value(node)
        if negated or not isinstance(found, exp.Case) or len(found.args["ifs"]) != 1:
            return None
        first, default = found.args["ifs"][0], found.args.get("default")
        yes = isinstance(first.args["true"], exp.Boolean) and bool(first.args["true"].this)
        no = default is None or (isinstance(default, exp.Boolean) and not default.this)
        return first.this if yes and no else None

    def _atom(self, node: exp.Expr) -> exp.Expr:
        match node:
            case exp.Like() | exp.ILike():
                return self.rebuilt(node)
            case exp.Escape():
                return exp.Escape(this=self.rebuilt(node.this), expression=node.expression.copy())
            case _:
                return self.value(node)


def _spelled_out(node: exp.Expr) -> exp.Expr:
    """BETWEEN as its two bounds, IN as a choice of values."""
    if isinstance(node, exp.Between):
        low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
        return exp.And(
            this=low, expression=exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
        )
    found: exp.Expr = exp.EQ(this=node.this.copy(), expression=node.expressions[0].copy())
    for one in node.expressions[1:]:
        found = exp.Or(this=found, expression=exp.EQ(this=node.this.copy(), expression=one.copy()))
    return found


def _may_be_truth(node: exp.Expr) -> bool:
    """Whether the expression can be a truth value: it is no number and no text by its form."""
    bare = node.unnest()
    match bare:
        case exp.Case() | exp.If():
            return all(map(_may_be_truth, results(bare)))
        case exp.Coalesce():
            return all(map(_may_be_truth, (bare.this, *bare.expressions)))
        case exp.Cast():
            return bool(bare.to.is_type(exp.DType.BOOLEAN))
        case _:
            return isinstance(bare, (*LOGICAL, exp.Boolean, exp.Column, exp.Null))


def _implied(found: set[Clause], clauses: Clauses) -> list[Clause]:
    """Clauses that ask for a value to be there where another one holds for none that is not."""
    implied = []
    for clause in (one for one in found if len(one) == 1):
        atom = clauses.atoms[next(iter(clause))]
        if not isinstance(atom, exp.Not) or not _asks_for_null(atom.this):
            continue
        wanted = spelled(atom.this.this.unnest())
        others = (other for other in found if other and other != clause)
        if any(all(_needs(clauses.atoms[text], wanted) for text in other) for other in others):
            implied.append(clause)
    return implied


def _asks_for_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _needs(atom: exp.Expr, wanted: str) -> bool:
    """Whether the atom is never true where the wanted value is null."""
    bare = atom.this if isinstance(atom, exp.Not) and not _asks_for_null(atom.this) else atom
    if isinstance(bare, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.Like | exp.ILike):
        return wanted in {spelled(side.unnest()) for side in (bare.this, bare.expression)}
    return isinstance(bare, exp.Column) and spelled(bare) == wanted
