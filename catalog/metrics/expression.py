"""Expressions that people write, read by allow-list: the tree that is kept holds nothing else."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, reduce
from typing import Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics.allow_list import MAX_CHARACTERS, MAX_DEPTH, MAX_TOKENS, NODES, TYPES, UNITS
from catalog.metrics.errors import ExpressionRefused

_DIALECT: Final = DuckDB()
_OPENING: Final = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_SIGNS: Final = frozenset({TokenType.PARAMETER, TokenType.SESSION_PARAMETER})
_SIZE: Final = re.compile(r"([0-9]|[1-2][0-9]|3[0-8])\Z")
_AMOUNT: Final = re.compile(r"\d{1,9}\Z")
_CLOSING: Final = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})


@lru_cache(maxsize=16_384)
def parse_expression(text: str, shown: str = "") -> exp.Expr:
    """The expression's tree, which callers copy before they change it; findings show `shown` if given.

    Raises `ExpressionRefused` with every reason found. Whether the columns exist is not promised.
    """
    reasons = list(_text_faults(text))
    tree = None if reasons else _tree(text, reasons)
    if tree is not None:
        reasons += dict.fromkeys(_tree_faults(tree))
    if tree is None or reasons:
        raise ExpressionRefused(findings=[_refusal(shown or text, reason) for reason in reasons])
    return tree


def element_expression(name: str, expr: str) -> exp.Expr:
    """What an element stands for: its expression, or the column that bears its name."""
    return parse_expression(expr) if expr and expr != name else declared(name)


def column(name: str, relation: str = "") -> exp.Column:
    """A quoted column, of `relation` where one is named."""
    table = exp.Identifier(this=relation, quoted=True) if relation else None
    return exp.Column(this=exp.Identifier(this=name, quoted=True), table=table)


def declared(name: str, relation: str = "") -> exp.Column:
    """A column of the data by its declared name: as in SQL without quotes, case does not matter."""
    table = exp.Identifier(this=relation, quoted=True) if relation else None
    return exp.Column(this=exp.Identifier(this=name, quoted=False), table=table)


def columns_of(tree: exp.Expr) -> frozenset[str]:
    """The names of the columns that the expression reads."""
    return frozenset(found.name for found in tree.find_all(exp.Column))


def with_columns(tree: exp.Expr, meaning: Callable[[exp.Column], exp.Expr]) -> exp.Expr:
    """A copy in which each column is replaced by what it means."""
    if isinstance(tree, exp.Column):
        return meaning(tree)
    copied = tree.copy()
    for found in list(copied.find_all(exp.Column)):
        found.replace(meaning(found))
    return copied


def enclosed(tree: exp.Expr) -> exp.Expr:
    """The expression as it may stand inside another."""
    open_ended = isinstance(tree, exp.Binary | exp.Unary | exp.Predicate) and not isinstance(tree, exp.Paren)
    return exp.Paren(this=tree) if open_ended else tree


def every(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """The conditions, of which there is at least one, joined by AND."""
    return _chained(exp.And, conditions)


def some(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """The conditions, of which there is at least one, joined by OR."""
    return _chained(exp.Or, conditions)


def _chained(kind: type[exp.Connector], conditions: Sequence[exp.Expr]) -> exp.Expr:
    others = exp.Or if kind is exp.And else exp.And
    operands = (exp.Paren(this=one) if isinstance(one, others) else one for one in conditions)
    return reduce(lambda left, right: kind(this=left, expression=right), operands)


def _text_faults(text: str) -> Iterator[str]:
    if not text.strip():
        yield "it is empty"
    if len(text) > MAX_CHARACTERS:
        yield f"it is longer than {MAX_CHARACTERS} characters"
    if _NO_TEXT.search(text):
        yield "it holds characters that are no text"


def _tree(text: str, reasons: list[str]) -> exp.Expr | None:
    """Parse one expression; what stands in the way is added to `reasons`."""
    try:
        tokens = _DIALECT.tokenize(text)
        reasons += dict.fromkeys(_token_faults(tokens))
        trees = [] if reasons else _DIALECT.parser().parse_into(exp.Condition, tokens, text)
    except RecursionError:
        reasons.append("it is nested too deeply")
        return None
    except (SqlglotError, AttributeError, LookupError, TypeError, ValueError):
        # On text that is no SQL the parser sometimes stumbles over itself; nothing of that text is kept.
        reasons.append("it is no SQL expression")
        return None
    if not reasons and (len(trees) != 1 or trees[0] is None):
        reasons.append("it is not one expression")
    return trees[0] if trees and not reasons else None


def _token_faults(tokens: list[Token]) -> Iterator[str]:
    if len(tokens) > MAX_TOKENS:
        yield f"it has more than {MAX_TOKENS} words"
    depth = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth > MAX_DEPTH:
            yield "it is nested too deeply"
        if token.comments:
            yield "it holds a comment"
        if token.token_type is TokenType.SEMICOLON:
            yield "it holds a semicolon"
        if token.token_type in _SIGNS:
            yield f"{token.text} is no operator here"


def _tree_faults(tree: exp.Expr) -> Iterator[str]:
    """Every reason why the tree is not allowed; walks without recursion."""
    stack = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            yield "it is nested too deeply"
            return
        if fault := _node_fault(node):
            yield fault
        for child in node.iter_expressions():
            chained = isinstance(node, exp.Connector) and type(child) is type(node)
            stack.append((child, depth + (not chained)))


def _node_fault(node: exp.Expr) -> str:
    fault = ""
    match node:
        case _ if type(node) not in NODES:
            fault = f"{_spelled(node)} is not allowed"
        case exp.Column() if node.args.get("table"):
            fault = f"{node.sql()} is not a plain column"
        case exp.Identifier() if (
            not node.args.get("quoted") and not node.name.replace("$", "_").isidentifier()
        ):
            fault = f"{node.name} is no name without quotes"
        case exp.DataTypeParam() if not _SIZE.match(node.name):
            fault = f"a type of size {node.name} is not allowed"
        case exp.DataType() if node.this not in TYPES:
            fault = f"the type {node.sql()} is not allowed"
        case exp.Var() if node.name.upper().removesuffix("S") not in UNITS:
            fault = f"{node.name} is no unit of time"
        case exp.In() if not node.expressions:
            fault = "IN takes a list of values"
        case exp.Interval() if not _AMOUNT.match(
            node.this.name if isinstance(node.this, exp.Literal) else ""
        ):
            fault = "an interval takes a number"
    return fault


def _spelled(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name}"
    return f"the function {node.sql_name()}" if isinstance(node, exp.Func) else node.key.upper()


def _refusal(text: str, reason: str) -> Finding:
    excerpt = text if len(text) <= 80 else f"{text[:77]}..."
    return FindingCode.EXPRESSION_NOT_ALLOWED.found(
        f"{excerpt!r} cannot be used: {reason}.",
        remedy="Write an expression over columns with operators, CASE, CAST and the listed functions.",
    )
