"""What a GraphQL document may cost, counted in one linear pass before validation and execution.

Each fragment is measured once and its figures are reused wherever it is spread, so a ladder of fragments
costs what it is long, not what it unfolds to. Counts saturate; nothing recurses deeper than the parser allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode

_SATURATED: Final = 1_000_000_000
_INTROSPECTION: Final = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one operation may hold; fragments count as often as they are spread."""

    depth: int = 12
    selections: int = 400
    aliases: int = 30
    directives: int = 40
    root_fields: int = 10
    nodes: int = 20_000


@dataclass(frozen=True, slots=True)
class DocumentCost:
    """What an operation or fragment unfolds to; `nodes` multiplies by page sizes."""

    depth: int = 0
    selections: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    nodes: int = 0


def refuse_costly(
    document: DocumentNode, variables: Mapping[str, int] | None, limits: Limits
) -> tuple[Finding, ...]:
    """What in the document is beyond the limits; empty when it may go on to validation.

    `variables` are those that hold numbers: no other can be a page size.
    """
    measure = _Measure(document, variables or {})
    found = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            cost = measure.operation(definition)
            found += [
                FindingCode.QUERY_TOO_COMPLEX.found(
                    f"The operation has {name.replace('_', ' ')} {_shown(value)}; the limit is {allowed}.",
                    remedy="Ask for less at once: fewer fields, smaller pages, or several requests.",
                )
                for name, value, allowed in _pairs(cost, limits)
                if value > allowed
            ]
    if measure.cyclic:
        found.append(
            FindingCode.QUERY_TOO_COMPLEX.found(
                "A fragment spreads itself.", remedy="Take the fragment out of its own selection."
            )
        )
    return tuple(found)


def _pairs(cost: DocumentCost, limits: Limits) -> list[tuple[str, int, int]]:
    return [(one.name, getattr(cost, one.name), getattr(limits, one.name)) for one in fields(limits)]


def _shown(value: int) -> str:
    return "beyond counting" if value >= _SATURATED else str(value)


class _Measure:
    def __init__(self, document: DocumentNode, variables: Mapping[str, int]) -> None:
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._known: dict[str, DocumentCost] = {}
        self._open: set[str] = set()
        self._variables = variables
        self.cyclic = False

    def operation(self, node: OperationDefinitionNode) -> DocumentCost:
        defaults = {
            one.variable.name.value: int(one.default_value.value)
            for one in node.variable_definitions or ()
            if isinstance(one.default_value, IntValueNode)
        }
        self._variables = {**defaults, **self._variables}
        self._known = {}
        cost = self._set(node.selection_set)
        return DocumentCost(
            cost.depth,
            cost.selections,
            cost.aliases,
            cost.directives + len(node.directives or ()),
            cost.root_fields,
            cost.nodes,
        )

    def _set(self, selections: SelectionSetNode | None) -> DocumentCost:
        """The sum over a selection set; depth is the deepest, root fields are the fields of this very set."""
        totals = DocumentCost()
        for one in selections.selections if selections else ():
            totals = _add(totals, self._selection(one))
        return totals

    def _selection(self, node: object) -> DocumentCost:
        if isinstance(node, FieldNode):
            return self._field(node)
        if isinstance(node, InlineFragmentNode):
            inner = self._set(node.selection_set)
            return _add(inner, DocumentCost(directives=len(node.directives or ())))
        if isinstance(node, FragmentSpreadNode):
            inner = self._fragment(node.name.value)
            return _add(inner, DocumentCost(directives=len(node.directives or ())))
        return DocumentCost()

    def _field(self, node: FieldNode) -> DocumentCost:
        inner = self._set(node.selection_set)
        introspection = node.name.value in _INTROSPECTION
        rows = self._page(node) if node.selection_set else 0
        return DocumentCost(
            depth=1 if introspection else 1 + inner.depth,
            selections=_cap(1 + inner.selections),
            aliases=_cap((1 if node.alias else 0) + inner.aliases),
            directives=_cap(len(node.directives or ()) + inner.directives),
            root_fields=1,
            nodes=0 if introspection else _cap(rows + max(rows, 1) * inner.nodes),
        )

    def _page(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last", "limit"}:
                value = argument.value
                given = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
                if isinstance(value, IntValueNode):
                    given = int(value.value[:12])
                return max(0, given) if isinstance(given, int) else 1
        return 1

    def _fragment(self, name: str) -> DocumentCost:
        if name in self._open:
            self.cyclic = True
            return DocumentCost()
        if name not in self._known:
            definition = self._fragments.get(name)
            self._open.add(name)
            self._known[name] = self._set(definition.selection_set) if definition else DocumentCost()
            self._open.discard(name)
        return self._known[name]


def _add(one: DocumentCost, other: DocumentCost) -> DocumentCost:
    return DocumentCost(
        max(one.depth, other.depth),
        *(
            _cap(getattr(one, field.name) + getattr(other, field.name))
            for field in fields(DocumentCost)
            if field.name != "depth"
        ),
    )


def _cap(value: int) -> int:
    return min(value, _SATURATED)
