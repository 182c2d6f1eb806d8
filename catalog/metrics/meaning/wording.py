"""Definitions in words that a sponsor reads: `status is not 'cancelled'`, `adds up gross_amount`."""

import re
from collections.abc import Mapping
from typing import Any, Final

import sqlglot
from sqlglot import exp

from catalog.domain.semantic_model import Aggregation
from catalog.metrics.expression import with_columns

_AGGREGATES: Final = {
    "average": "averages",
    "count": "counts",
    "count_distinct": "counts the different values of",
    "max": "takes the greatest",
    "min": "takes the least",
    "percentile": "takes the percentile of",
    "rows": "counts rows",
    "sum": "adds up",
}
_ESTIMATES: Final = "estimates the number of different values of"
_COMPARED: Final[dict[type[exp.Expr], tuple[str, str]]] = {  # with the column on the left, and on the right
    exp.EQ: ("is", "is"),
    exp.NEQ: ("is not", "is not"),
    exp.LT: ("is less than", "is more than"),
    exp.LTE: ("is at most", "is at least"),
}
_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*\Z")
_JOINED: Final = re.compile(r"= (\S+) [^=]*\)\Z")


def aggregate_words(leaf: Mapping[str, Any]) -> str:
    """What a leaf does: `adds up gross_amount`."""
    estimated = leaf["aggregation"] == Aggregation.COUNT_DISTINCT and leaf.get("approximate")
    verb = _ESTIMATES if estimated else _AGGREGATES.get(leaf["aggregation"], leaf["aggregation"])
    return f"{verb} {expression_words(leaf['expression'])}" if leaf["expression"] else verb


def expression_words(text: str) -> str:
    """A normal expression without quotes that nobody needs."""
    return _shown(_tree(text))


def condition_words(text: str) -> str:
    """A normal condition: `status is not 'cancelled'`."""
    return _condition(_tree(text))


def _tree(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, dialect="duckdb")


def _condition(node: exp.Expr) -> str:
    bare = node.unnest()
    if isinstance(bare, exp.Or | exp.And):
        word = "or" if isinstance(bare, exp.Or) else "and"
        return f" {word} ".join(_enclosed(one) for one in bare.flatten())
    if type(bare) in _COMPARED:
        left, right = bare.this.unnest(), bare.expression.unnest()
        forward, backward = _COMPARED[type(bare)]
        if isinstance(right, exp.Column) and not isinstance(left, exp.Column):
            return f"{_shown(right)} {backward} {_shown(left)}"
        return f"{_shown(left)} {forward} {_shown(right)}"
    return _yes_or_no(bare)


def _yes_or_no(node: exp.Expr) -> str:
    negated = isinstance(node, exp.Not)
    bare = node.this.unnest() if negated else node
    if isinstance(bare, exp.Is) and isinstance(bare.expression, exp.Null):
        return f"{_shown(bare.this.unnest())} is {'not ' if negated else ''}empty"
    if isinstance(bare, exp.Column):
        return f"{_shown(bare)} is {'false' if negated else 'true'}"
    return _shown(node)


def _enclosed(node: exp.Expr) -> str:
    text = _condition(node)
    return f"({text})" if isinstance(node.unnest(), exp.Or | exp.And) else text


def _shown(node: exp.Expr) -> str:
    return with_columns(node, _named).sql("duckdb", comments=False)


def _named(one: exp.Column) -> exp.Expr:
    """A column by its name, with the relation that it was joined from."""
    quoted = not _PLAIN.match(one.name)
    joined = _JOINED.search(one.table)
    name = f"{joined[1]}.{one.name}" if joined else one.name
    return exp.Column(this=exp.Identifier(this=name, quoted=quoted))
