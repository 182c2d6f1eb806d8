"""An aggregate in normal form: conditions inside of it stand with the filters, counts are counted rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation
from catalog.metrics.expression import every
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.literal import is_number, number_of
from catalog.metrics.meaning.normal import only_branch, value
from catalog.metrics.meaning.truth import is_present

ROWS: Final = "rows"


@dataclass(frozen=True, slots=True)
class NormalAggregate:
    """`tree` is None where rows are counted; `kept` are conditions on what is aggregated.

    The number is the same as that of the `exact` aggregate wherever there is something to aggregate: where
    there is nothing, `exact` may say 0 for null, and a group that has only other rows stays in the answer.
    `empty` is the answer of the exact one without any row.
    """

    aggregation: str
    tree: exp.Expr | None
    kept: tuple[exp.Expr, ...]
    exact: str
    empty: str = "null"

    @property
    def said(self) -> str:
        """What `exact` is for an aggregate that was in normal form before."""
        return _text(self.aggregation, self.tree)

    @property
    def present(self) -> str:
        """The condition that aggregating implies: nulls do not count."""
        return "" if self.tree is None else spelled(is_present(self.tree))


def aggregate_of(aggregation: Aggregation, tree: exp.Expr, *, whole: bool) -> NormalAggregate:
    """The aggregate of a normal expression; a `whole` one is left as it is, for its filters choose other rows."""
    name = "percentile" if aggregation is Aggregation.MEDIAN else aggregation.value
    if aggregation is Aggregation.SUM_BOOLEAN:
        tree, name = _ones([tree]), Aggregation.SUM.value
    if whole:
        return NormalAggregate(name, tree, (), _text(name, tree))
    if aggregation is Aggregation.COUNT:
        return _counted(tree)
    inner, kept = _taken_apart(tree, is_sum=name == Aggregation.SUM)
    if name == Aggregation.SUM and is_number(inner, 1):
        return NormalAggregate(ROWS, None, kept, _text(name, tree) if kept else ROWS)
    return NormalAggregate(name, inner, kept, _text(name, tree))


def _counted(tree: exp.Expr) -> NormalAggregate:
    """Counting values is counting the rows that have one, and adding up a one for each of them."""
    inner, kept = _taken_apart(tree, is_sum=False)
    present = () if _never_null(inner) else (is_present(inner),)
    conditions = (*kept, *present)
    exact = _text(Aggregation.SUM.value, _ones(conditions)) if conditions else ROWS
    return NormalAggregate(ROWS, None, conditions, exact, "zero")


def _ones(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """`CASE WHEN … THEN 1 ELSE 0 END` of conditions that must all hold."""
    ones = exp.If(this=every(conditions), true=exp.Literal.number(1))
    return value(exp.Case(ifs=[ones], default=exp.Literal.number(0)))


def _text(name: str, tree: exp.Expr | None) -> str:
    return name if tree is None else f"{name} {spelled(tree)}"


def _taken_apart(tree: exp.Expr, *, is_sum: bool) -> tuple[exp.Expr, tuple[exp.Expr, ...]]:
    """`CASE WHEN c THEN x END` is `x` where `c`; zeros in place of nulls add nothing to a sum."""
    kept: list[exp.Expr] = []
    while True:
        bare = _without_zero(tree.unnest()) if is_sum else tree.unnest()
        branch = only_branch(bare)
        if branch is None:
            return bare, tuple(kept)
        kept.append(branch.this)
        tree = branch.args["true"]


def _without_zero(tree: exp.Expr) -> exp.Expr:
    if isinstance(tree, exp.Coalesce) and len(tree.expressions) == 1 and is_number(tree.expressions[0], 0):
        return _without_zero(tree.this.unnest())
    default = tree.args.get("default") if isinstance(tree, exp.Case) else None
    if is_number(default, 0):
        copied = tree.copy()
        copied.set("default", None)
        return copied
    return tree


def _never_null(tree: exp.Expr) -> bool:
    bare = tree.unnest()
    match bare:
        case exp.Case():
            results = [*(one.args["true"] for one in bare.args["ifs"]), bare.args.get("default")]
            return all(one is not None and _never_null(one) for one in results)
        case exp.Coalesce():
            return any(map(_never_null, (bare.this, *bare.expressions)))
        case _:
            return isinstance(bare, exp.Boolean | exp.Literal) or number_of(bare) is not None
