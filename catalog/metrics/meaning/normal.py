"""The normal form of an expression: rewrites that keep its value for every row, nulls included.

Read with the meaning of the allow-list: `/` never cuts, columns that stand alone as a condition are truth
values, functions are pure. Two expressions that mean the same may still differ here; two that differ in
value never become equal. Where only the number counts, its type does not: `1.0` is `1`; below functions that
look at the type (`typed`) it stays as written.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlglot import exp

from catalog.metrics.expression import enclosed, every
from catalog.metrics.meaning import times
from catalog.metrics.meaning.arithmetic import product_of, spelled, sum_of
from catalog.metrics.meaning.literal import is_number, number, number_of
from catalog.metrics.meaning.truth import LOGICAL, Truth, is_present

Branch = tuple[exp.Expr, exp.Expr]
_WORDS: Final = (exp.DataType, exp.Identifier, exp.IntervalSpan, exp.Var)


def value(node: exp.Expr, *, typed: bool = False) -> exp.Expr:
    """The expression in normal form; `typed` where the type of a number may be seen."""
    bare = node.unnest()
    if type(bare) in LOGICAL:
        return _TRUTH.whole(bare)
    rule = _RULES.get(type(bare))
    return _rebuilt(bare) if rule is None else rule(bare, typed)


def conditions(nodes: Sequence[exp.Expr]) -> tuple[exp.Expr, ...]:
    """Conditions that must all be true, where unknown is as good as false, as clauses in normal form."""
    return _TRUTH.clauses(nodes)


def only_branch(node: exp.Expr) -> exp.If | None:
    """The branch of `CASE WHEN c THEN x END`."""
    bare = node.unnest()
    if not isinstance(bare, exp.Case) or bare.this or bare.args.get("default") or len(bare.args["ifs"]) != 1:
        return None
    branch = bare.args["ifs"][0]
    assert isinstance(branch, exp.If)
    return branch


def _rebuilt(node: exp.Expr) -> exp.Expr:
    """A copy whose arguments are in normal form, their types as written; words and types stay."""
    copied = node.copy()
    for child in list(copied.iter_expressions()):
        if not isinstance(child, _WORDS):
            found = value(child, typed=True)
            child.replace(found if isinstance(node, exp.Func) else enclosed(found))
    return copied


_TRUTH: Final = Truth(value, _rebuilt)


def _literal(node: exp.Expr, typed: bool) -> exp.Expr:
    found = None if typed else number_of(node)
    return node.copy() if found is None else number(found)


def _negative(node: exp.Expr, typed: bool) -> exp.Expr:
    found = number_of(node)
    if found is not None:
        return node.copy() if typed else number(found)
    inner = value(node.this, typed=typed)
    return exp.Neg(this=enclosed(inner)) if typed or times.is_temporal(node) else sum_of([(-1, inner)])


def _sum(node: exp.Expr, typed: bool) -> exp.Expr:
    if typed or times.is_temporal(node):
        return _in_place(node, typed)
    sign = -1 if isinstance(node, exp.Sub) else 1
    return sum_of([(1, value(node.this)), (sign, value(node.expression))])


def _product(node: exp.Expr, typed: bool) -> exp.Expr:
    if typed or times.is_temporal(node):
        return _in_place(node, typed)
    return product_of([value(node.this), value(node.expression)])


def _in_place(node: exp.Expr, typed: bool) -> exp.Expr:
    """Operands where they stand, but for the two sides of `+` and `*`, which are in order."""
    sides = [enclosed(value(one, typed=typed)) for one in (node.this, node.expression)]
    if isinstance(node, exp.Add | exp.Mul):
        sides.sort(key=spelled)
    return type(node)(this=sides[0], expression=sides[1])


def _whole_quotient(node: exp.Expr, _typed: bool) -> exp.Expr:
    return _in_place(node, True)


def _quotient(node: exp.Expr, typed: bool) -> exp.Expr:
    """Both sides are divided as floating point numbers, so a cast to one is not needed."""
    left, right = (_uncast(value(one)) for one in (node.this, node.expression))
    if not typed and is_number(right, 1):
        return left
    return exp.Div(this=enclosed(left), expression=enclosed(right), typed=False, safe=False)


def _uncast(node: exp.Expr) -> exp.Expr:
    bare = node.unnest()
    if isinstance(bare, exp.Cast) and not isinstance(bare, exp.TryCast) and bare.to.is_type(exp.DType.DOUBLE):
        return value(bare.this)
    return bare


def _case(node: exp.Expr, typed: bool) -> exp.Expr:
    """Searched, flat, without an empty ELSE; a CASE of one branch in another one is one condition."""
    branches, default = _branches(node, typed)
    if default is not None and isinstance(default.unnest(), exp.Case):
        inner = default.unnest()
        branches += [(one.this, one.args["true"]) for one in inner.args["ifs"]]
        default = inner.args.get("default")
    if len(branches) == 1 and default is None and (one := only_branch(branches[0][1])):
        branches = [(every(conditions([branches[0][0], one.this])), one.args["true"])]
    return _shortened(branches, default)


def _shortened(branches: list[Branch], default: exp.Expr | None) -> exp.Expr:
    """Without branches that are never or always taken; `CASE WHEN x IS NOT NULL THEN x END` is `x`."""
    taken: list[Branch] = []
    for when, then in branches:
        if isinstance(when, exp.Boolean):
            if when.this:
                default = then
                break
        else:
            taken.append((when, then))
    if not taken:
        return exp.null() if default is None else default
    when, then = taken[0]
    if len(taken) == 1 and default is None and spelled(when) == spelled(is_present(then)):
        return then
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in taken], default=default)


def _branches(node: exp.Expr, typed: bool) -> tuple[list[Branch], exp.Expr | None]:
    subject = node.this if isinstance(node, exp.Case) else None
    ifs = node.args["ifs"] if isinstance(node, exp.Case) else [node]
    default = node.args.get("default" if isinstance(node, exp.Case) else "false")
    branches = []
    for one in ifs:
        asked = one.this if subject is None else exp.EQ(this=subject.copy(), expression=one.this.copy())
        clauses = conditions([asked])
        branches.append((every(clauses) if clauses else exp.true(), value(one.args["true"], typed=typed)))
    if default is None or isinstance(default.unnest(), exp.Null):
        return branches, None
    return branches, value(default, typed=typed)


def _coalesce(node: exp.Expr, typed: bool) -> exp.Expr:
    """Flat, each alternative once, without nulls at the end."""
    flat: list[exp.Expr] = []
    for one in (node.this, *node.expressions):
        found = value(one, typed=typed)
        flat += [found.this, *found.expressions] if isinstance(found, exp.Coalesce) else [found]
    once = list({spelled(one): one for one in flat}.values())
    while len(once) > 1 and isinstance(once[-1], exp.Null):
        once.pop()
    return once[0] if len(once) == 1 else exp.Coalesce(this=once[0], expressions=once[1:])


def _extreme(node: exp.Expr, typed: bool) -> exp.Expr:
    """GREATEST and LEAST do not mind the order."""
    each = (value(one, typed=typed) for one in (node.this, *node.expressions))
    found = {spelled(one): one for one in each}
    first, *rest = (found[text] for text in sorted(found))
    return type(node)(this=first, expressions=rest, ignore_nulls=True)


def _cast(node: exp.Expr, _typed: bool) -> exp.Expr:
    """A cast to a type that the value was just cast to is dropped."""
    inner = value(node.this, typed=True)
    wanted = node.args["to"]
    if type(inner) is type(node) and inner.args["to"] == wanted:
        return inner
    return type(node)(this=inner, to=wanted.copy())


def _truncated(node: exp.Expr, _typed: bool) -> exp.Expr:
    return times.truncated(node.args["unit"].name.upper(), value(node.this, typed=True))


def _part(node: exp.Expr, _typed: bool) -> exp.Expr:
    return times.part(node, value(node.this, typed=True))


def _interval(node: exp.Expr, _typed: bool) -> exp.Expr:
    return times.interval(node)


_RULES: Final[dict[type[exp.Expr], Callable[[exp.Expr, bool], exp.Expr]]] = {
    exp.Add: _sum, exp.Case: _case, exp.Cast: _cast, exp.Coalesce: _coalesce, exp.Div: _quotient,
    exp.Greatest: _extreme, exp.If: _case, exp.IntDiv: _whole_quotient, exp.Interval: _interval,
    exp.Least: _extreme, exp.Literal: _literal, exp.Mod: _whole_quotient, exp.Month: _part,
    exp.Mul: _product, exp.Neg: _negative, exp.Quarter: _part, exp.Sub: _sum, exp.TimestampTrunc: _truncated,
    exp.TryCast: _cast, exp.Year: _part,
}  # fmt: skip
