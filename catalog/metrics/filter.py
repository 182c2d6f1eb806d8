"""Filters: SQL conditions in which `{{ Dimension(…) }}` stands where a column would.

What stands in `{{ }}` is read by `template`, the rest by the allow-list of `expression`; a condition names no
column by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics.allow_list import MAX_CHARACTERS
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import parse_expression, with_columns
from catalog.metrics.name import SEPARATOR, Reference
from catalog.metrics.template import TEMPLATE, TemplateInvalid, parse_call

_HOLE: Final = "reference_{}_"


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions that a filter joins by AND.

    In `tree` the columns `reference_0_`, `reference_1_`, … stand for `references`; it is copied before it is
    changed.
    """

    tree: exp.Expr = field(compare=False)
    references: tuple[Reference, ...]
    text: str

    def reference(self, hole: exp.Column) -> Reference:
        """What a column of `tree` stands for."""
        return self.references[int(hole.name.split("_")[1])]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as written, with its conditions; all must hold."""

    text: str
    conditions: tuple[Condition, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        """Everything that the filter looks at."""
        return self.conditions[0].references


@lru_cache(maxsize=16_384)
def parse_filter(text: str) -> Filter:
    """Read a filter; raises `ExpressionRefused` with every reason found."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionRefused(findings=[_refusal(text, f"it is longer than {MAX_CHARACTERS} characters")])
    references = _references(text)
    holes = iter(range(len(references)))
    tree = parse_expression(TEMPLATE.sub(lambda _: f" {_HOLE.format(next(holes))} ", text), shown=text)
    tree, references = _named_columns(tree, references)
    if faults := [_refusal(text, reason) for reason in _column_faults(tree, len(references))]:
        raise ExpressionRefused(findings=faults)
    return Filter(
        text, tuple(Condition(part, references, _shown(part, references)) for part in conjuncts(tree))
    )


def conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The parts that AND joins, left to right."""
    stack = [tree]
    while stack:
        node = stack.pop()
        bare = node.unnest()
        if isinstance(bare, exp.And):
            stack += [bare.right, bare.left]
        else:
            yield node


def _references(text: str) -> tuple[Reference, ...]:
    found, faults = [], []
    for body in TEMPLATE.findall(text):
        try:
            found.append(parse_call(body).reference)
        except TemplateInvalid as invalid:
            faults.append(_refusal(text, f"in {{{{{body}}}}} {invalid}"))
    if faults:
        raise ExpressionRefused(findings=faults)
    return tuple(found)


def _named_columns(
    tree: exp.Expr, references: tuple[Reference, ...]
) -> tuple[exp.Expr, tuple[Reference, ...]]:
    """Bare columns that are spelled like group-by items are references too: `order__status`, `metric_time`."""
    meant: list[Reference] = []

    def hole(one: exp.Column) -> exp.Expr:
        reference = Reference.parse(one.name) if SEPARATOR in one.name else None
        if reference is None:
            return one.copy()
        meant.append(reference)
        return exp.column(exp.to_identifier(_HOLE.format(len(references) + len(meant) - 1)))

    named = with_columns(tree, hole)
    return named, (*references, *meant)


def _column_faults(tree: exp.Expr, count: int) -> Iterator[str]:
    """Each reference must have become one column, and there is no other column."""
    names = [found.name for found in tree.find_all(exp.Column)]
    holes = {_HOLE.format(number) for number in range(count)}
    for name in dict.fromkeys(names):
        if name not in holes:
            yield f"{name} is a bare column; write {{{{ Dimension('entity__{name}') }}}}"
    if sorted(holes) != sorted(name for name in names if name in holes):
        yield "a {{ }} stands where no column can"
    if not count:
        yield "it looks at no dimension"


def _shown(part: exp.Expr, references: tuple[Reference, ...]) -> str:
    """The condition in words that a reader of the plan knows."""
    named = with_columns(
        part, lambda hole: exp.column(exp.to_identifier(str(references[int(hole.name.split("_")[1])])))
    )
    return named.sql("duckdb")


def _excerpt(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _refusal(text: str, reason: str) -> Finding:
    return FindingCode.FILTER_INVALID.found(
        f"The filter {_excerpt(text)!r} cannot be used: {reason[:300]}.",
        remedy="Write a condition as {{ Dimension('order__status') }} = 'paid'.",
    )
