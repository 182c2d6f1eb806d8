"""A rule module as a tree; every node has the offset of its first character."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, number, true, false or null."""

    at: int
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Var:
    """A name; `input` and `data` too."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """`base.field[index]…`; a field is a text among the parts."""

    at: int
    base: Var
    parts: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function or builtin by its whole name."""

    at: int
    name: str
    args: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Items:
    """An array or a set."""

    at: int
    items: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """An object."""

    at: int
    fields: tuple[tuple["Term", "Term"], ...]


@dataclass(frozen=True, slots=True)
class Comprehension:
    """An array, set or object made of what a query finds; the object's head is its key and its value."""

    at: int
    head: tuple["Term", ...]
    query: tuple["Literal", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two terms, `:=`, `=` and `in` among them."""

    at: int
    operator: str
    left: "Term"
    right: "Term"


@dataclass(frozen=True, slots=True)
class Some:
    """`some a, b in collection`; without a collection the names are only declared."""

    at: int
    names: tuple[Var, ...]
    collection: Union["Term", None]


@dataclass(frozen=True, slots=True)
class Every:
    """`every a, b in collection { … }`."""

    at: int
    names: tuple[Var, ...]
    collection: "Term"
    query: tuple["Literal", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A negated term."""

    at: int
    term: "Term"


@dataclass(frozen=True, slots=True)
class Body:
    """What a rule or an `else` gives, and on what condition."""

    at: int
    value: Union["Term", None]
    query: tuple["Literal", ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule or function; `key` is what a set rule `contains`, the first of `bodies` the rule's own."""

    at: int
    name: str
    is_default: bool
    arguments: tuple["Term", ...]
    key: Union["Term", None]
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A module."""

    package: str
    rules: tuple[Rule, ...]


Term = Scalar | Var | Ref | Call | Items | Fields | Comprehension | Binary
Literal = Some | Every | Not | Term
Node = Literal | Body | Rule


def within(node: object) -> Iterator[Node]:
    """The node and every node below it, outer ones first."""
    if isinstance(node, tuple):
        for one in node:
            yield from within(one)
    elif hasattr(node, "at"):
        yield node  # type: ignore[misc]  # only nodes have an offset
        for name in node.__slots__:  # type: ignore[attr-defined]  # and all of them are dataclasses with slots
            yield from within(getattr(node, name))
