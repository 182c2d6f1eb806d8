"""SQL that people wrote, as a tree to look at; nothing of it is run."""

import re
from functools import lru_cache
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

PLACEHOLDER: Final = re.compile(r'"?\$?\{(object|table|property|column)\}"?')
OBJECT_WORDS: Final = frozenset({"object", "table"})
MAX_CHARACTERS: Final = 20_000
_MAX_OPENINGS: Final = 200


@lru_cache(maxsize=4_096)
def sql_tree(text: str, dialect: str = "duckdb") -> exp.Expr | None:
    """The one statement or expression, which callers copy before they change it; None where there is none.

    Long or deeply nested text is not read: parsers recurse.
    """
    if len(text) > MAX_CHARACTERS or sum(map(text.upper().count, ("(", "[", "CASE", "NOT"))) > _MAX_OPENINGS:
        return None
    try:
        trees = sqlglot.parse(text, dialect=dialect)
    except (SqlglotError, RecursionError, AttributeError, LookupError, TypeError, ValueError):
        # On text that is no SQL the parser sometimes stumbles over itself; nothing of that text is kept.
        return None
    return trees[0] if len(trees) == 1 else None


def filled(query: str, item: str, column: str) -> str:
    """The query of a contract with the quoted names for `{object}` and `{property}`, and what means the same."""

    def name(found: re.Match[str]) -> str:
        return exp.to_identifier(item if found[1] in OBJECT_WORDS else column, quoted=True).sql("duckdb")

    return PLACEHOLDER.sub(name, query)
