"""The statement gate: one SELECT, made only of what is on the allow-list.

Reads the syntax tree of the engine's own parser, so that there is no second opinion about what a text means.
What is not known is refused: a new engine version brings new refusals, never new permissions.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.domain.finding import NOWHERE, Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.engine.functions import FUNCTIONS, TABLE_FUNCTIONS

_NODES: Final = frozenset(
    {
        "ASCENDING",
        "BASE_TABLE",
        "DESCENDING",
        "DISTINCT_MODIFIER",
        "EMPTY",
        "EXPRESSION_LIST",
        "JOIN",
        "LIMIT_MODIFIER",
        "ORDER_DEFAULT",
        "ORDER_MODIFIER",
        "SELECT_NODE",
        "SET_OPERATION_NODE",
        "SUBQUERY",
        "TABLE_FUNCTION",
    }
)
_EXPRESSIONS: Final = frozenset(
    {
        "BETWEEN",
        "CASE",
        "CAST",
        "COLLATE",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "CONSTANT",
        "FUNCTION",
        "LAMBDA",
        "LAMBDA_REF",
        "OPERATOR",
        "PARAMETER",
        "POSITIONAL_REFERENCE",
        "STAR",
        "SUBQUERY",
        "TYPE",
        "WINDOW",
    }
)
_REFUSED_CLAUSES: Final = {"at_clause": "AT", "sample": "SAMPLE"}


@dataclass(frozen=True, slots=True)
class _Gate:
    sql: bytes

    def walk(self, tree: Any, relations: frozenset[bytes]) -> Iterator[Finding]:
        """Every fault below `tree`, where the names `relations` may be read."""
        if isinstance(tree, list):
            for item in tree:
                yield from self.walk(item, relations)
        elif isinstance(tree, dict):
            yield from self._node(tree, relations)

    def _node(self, node: Mapping[str, Any], relations: frozenset[bytes]) -> Iterator[Finding]:
        yield from self._construct(node)
        yield from self._relation(node, relations)
        yield from self._function(node)
        for entry in (node.get("cte_map") or {}).get("map", ()):
            yield from self.walk(entry["value"], relations)
            relations |= {folded(entry["key"])}
        for key, child in node.items():
            if key == "function" and node.get("type") == "TABLE_FUNCTION":
                yield from self.walk(list(child.values()), relations)
            elif key != "cte_map":
                yield from self.walk(child, relations)

    def _construct(self, node: Mapping[str, Any]) -> Iterator[Finding]:
        name = node.get("class", node.get("type"))
        known = _EXPRESSIONS if "class" in node else _NODES
        if name is not None and not (isinstance(name, str) and name in known):
            yield FindingCode.SQL_CONSTRUCT_REFUSED.at(
                self._place(node), f"{name} is not allowed here.", remedy="Write a plain SELECT."
            )
        for key, clause in _REFUSED_CLAUSES.items():
            if node.get(key):
                yield FindingCode.SQL_CONSTRUCT_REFUSED.at(
                    self._place(node), f"{clause} is not allowed here.", remedy="Leave the clause out."
                )

    def _relation(self, node: Mapping[str, Any], relations: frozenset[bytes]) -> Iterator[Finding]:
        if node.get("type") != "BASE_TABLE":
            return
        path = node["qualified_name"]["path"]
        if len(path) != 1 or folded(path[0]) not in relations:
            yield FindingCode.SQL_RELATION_REFUSED.at(
                self._place(node),
                f"{'.'.join(path)!r} is not among the datasets of this query.",
                remedy="Read only declared datasets and this statement's own WITH names, unqualified.",
            )

    def _function(self, node: Mapping[str, Any]) -> Iterator[Finding]:
        of_table = node.get("type") == "TABLE_FUNCTION"
        call, known = (node["function"], TABLE_FUNCTIONS) if of_table else (node, FUNCTIONS)
        if "function_name" not in call:
            return
        path = call["qualified_name"]["path"]
        if len(path) != 1 or folded(path[0]).decode() not in known:
            yield FindingCode.SQL_FUNCTION_REFUSED.at(
                self._place(node),
                f"The function {'.'.join(path)!r} is not on the engine's allow-list.",
                remedy="Call a listed function by its bare name; files and settings are never read by SQL.",
            )

    def _place(self, node: Mapping[str, Any]) -> Place:
        return place_at(self.sql, int(node.get("query_location", -1)))


def examine(sql: str, tree: Mapping[str, Any], datasets: Iterable[str]) -> tuple[Finding, ...]:
    """What keeps the statement of `sql` from being run over `datasets`; empty when nothing does.

    `tree` is what the engine's `json_serialize_sql` says about `sql`.
    """
    statements = tree.get("statements", ())
    if tree.get("error", True) or len(statements) != 1:
        syntax = tree.get("error_type") == "parser"
        code = FindingCode.SQL_SYNTAX if syntax else FindingCode.SQL_NOT_ONE_SELECT
        place = place_at(sql.encode(), int(tree.get("position", -1)))
        return (code.at(place, code.value, remedy="Write exactly one SELECT statement."),)
    return tuple(_Gate(sql.encode()).walk(statements, frozenset(map(folded, datasets))))


def folded(name: str) -> bytes:
    """A name as the engine compares it: only the letters of ASCII have a case."""
    return name.encode().lower()


def place_at(sql: bytes, offset: int) -> Place:
    """Line and column, in characters, of a byte offset; nowhere for an offset that is not in the text."""
    if not 0 <= offset <= len(sql):
        return NOWHERE
    before = sql[:offset].decode(errors="replace")
    return Place(line=before.count("\n") + 1, column=len(before) - (before.rfind("\n") + 1) + 1)
