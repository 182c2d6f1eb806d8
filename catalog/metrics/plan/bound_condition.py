"""A condition whose every reference has become a column of a relation."""

from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True, slots=True, eq=False)
class BoundCondition:
    """`text` is the condition as written, `relations` are those it looks at; `tree` is never changed."""

    text: str
    tree: exp.Expr
    relations: frozenset[str]
