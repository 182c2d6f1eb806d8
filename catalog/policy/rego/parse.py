"""Reads a rule module in the profile's grammar, a part of Rego; whatever is not in it is refused.

Stricter than Rego where Rego is loose: fields, indexes and calls stand next to what they belong to, an operator
does not begin a line outside of brackets, numbers are whole and not divided, and there are no imports but
`rego.v1`, no `with`, no string templates, no rules with keys in their heads.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

from catalog.policy.rego.tokens import Kind, NotInProfile, Token, tokens_of
from catalog.policy.rego.tree import (
    Binary,
    Body,
    Call,
    Comprehension,
    Every,
    Fields,
    Items,
    Literal,
    Not,
    Ref,
    Rule,
    Scalar,
    Some,
    Term,
    Tree,
    Var,
)

KEYWORDS: Final = frozenset(
    "as contains default else every false if import in input not null package some true with".split()  # noqa: SIM905
)
MAX_DEPTH: Final = 40
MAX_NUMBER: Final = 2**53
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
# From loose to tight; what stands in one row binds alike, from the left.
_OPERATORS: Final = (
    (":=", "="),
    ("in",),
    ("==", "!=", "<", "<=", ">", ">="),
    ("|",),
    ("&",),
    ("+", "-"),
    ("*", "%"),
)
_UNION: Final = 3

_T = TypeVar("_T")


@lru_cache(maxsize=256)
def parse(source: str) -> Tree:
    """The module; raises `NotInProfile` at the first thing that is not of the profile."""
    parser = _Parser(tokens_of(source))
    package = parser.package()
    rules = []
    while not parser.is_at(""):
        rules.append(parser.rule())
    return Tree(package, tuple(rules))


class _Parser:
    """One pass over the tokens; `_open` counts brackets, in which new lines mean nothing."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._open = 0
        self._depth = 0
        self._bar_ends_at = -1

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def is_at(self, *texts: str) -> bool:
        """Whether one of these signs or words comes next; a text is neither."""
        return self._token.kind is not Kind.TEXT and self._token.text in texts

    def _adjoins(self, *signs: str) -> bool:
        """Whether one of these comes next, with nothing between."""
        return not self._token.apart and self.is_at(*signs)

    def package(self) -> str:
        """The package, and the one import that says nothing new."""
        self._take("package")
        name = ".".join(self._path())
        while self.is_at("import"):
            at = self._take("import").at
            if self._path() != ["rego", "v1"]:
                raise NotInProfile(at, "an import stands here")
        return name

    def rule(self) -> Rule:
        """A rule, a function or a default, which begin a line."""
        at = self._token.at
        if not self._token.begins_line:
            raise NotInProfile(at, f"{self._token.text!r} stands where a rule would begin a new line")
        is_default = self._taken("default")
        name = self._name()
        arguments, key = self._arguments(), None
        if self.is_at("[", "."):
            raise NotInProfile(at, "a rule with a key in its head stands here", "PORT-001")
        if self._taken("contains"):
            key = self._within_depth(lambda: self._operation(1))
        bodies = [self._body(at, takes_value=key is None)]
        while self.is_at("else"):
            bodies.append(self._body(self._take("else").at, takes_value=True))
        return Rule(at, name, is_default, arguments, key, tuple(bodies))

    def _arguments(self) -> tuple[Term, ...]:
        if not self.is_at("(") or self._token.apart:
            return ()
        self._take("(")
        return self._listed(")", lambda: self._operation(1))

    def _body(self, at: int, *, takes_value: bool) -> Body:
        value: Term | None = None
        if takes_value and self.is_at(":="):
            self._take(":=")
            value = self._within_depth(lambda: self._operation(1))
        if not self._taken("if"):
            return Body(at, value, ())
        if not self.is_at("{"):
            return Body(at, value, (self._literal(),))
        return Body(at, value, self._query())

    def _query(self) -> tuple[Literal, ...]:
        """Literals in braces, apart by new lines or semicolons."""
        self._take("{")
        return self._literals("}")

    def _literals(self, closing: str) -> tuple[Literal, ...]:
        outer, self._open = self._open, 0
        bar, self._bar_ends_at = self._bar_ends_at, -1
        found = [self._within_depth(self._literal)]
        while not self._taken(closing):
            if not (self._taken(";") or self._token.begins_line):
                raise NotInProfile(self._token.at, f"{self._token.text!r} does not go on here")
            if not self.is_at(closing):
                found.append(self._within_depth(self._literal))
        self._open, self._bar_ends_at = outer, bar
        return tuple(found)

    def _literal(self) -> Literal:
        at = self._token.at
        found: Literal
        if self._taken("some"):
            names = self._names()
            collection = self._operation(2) if self._taken("in") else None
            found = Some(at, names, collection)
        elif self._taken("every"):
            names = self._names()
            self._take("in")
            collection = self._operation(2)
            found = Every(at, names, collection, self._query())
        elif self._taken("not"):
            found = Not(at, self._operation(1))
        else:
            found = self._operation(0)
        if self.is_at("with"):
            raise NotInProfile(self._token.at, "`with` outside tests stands here")
        return found

    def _names(self) -> tuple[Var, ...]:
        found = [Var(self._token.at, self._name())]
        while self._taken(","):
            found.append(Var(self._token.at, self._name()))
        return tuple(found)

    def _operation(self, level: int) -> Term:
        """Operators of this level and of tighter ones."""
        if level == len(_OPERATORS):
            return self._negative()
        left = self._operation(level + 1)
        while self.is_at(*_OPERATORS[level]) and (self._open or not self._token.begins_line):
            if level == _UNION and self._open == self._bar_ends_at:
                break
            token = self._take(self._token.text)
            left = Binary(token.at, token.text, left, self._operation(level + 1))
        return left

    def _negative(self) -> Term:
        if self.is_at("-"):
            at = self._take("-").at
            number = self._token
            if number.kind is not Kind.NUMBER or number.apart:
                raise NotInProfile(at, "a minus before something that is no number stands here")
            term = self._term()
            assert isinstance(term, Scalar), "a number is a scalar"
            assert isinstance(term.value, int | float), "a number is a number"
            return Scalar(at, -term.value)
        return self._term()

    def _term(self) -> Term:
        token = self._token
        if token.kind is Kind.TEXT:
            self._next += 1
            return Scalar(token.at, token.text[1:-1] if token.text[0] == "`" else json.loads(token.text))
        if token.kind is Kind.NUMBER:
            return self._number()
        if token.kind is Kind.NAME and token.text in _CONSTANTS:
            self._next += 1
            return Scalar(token.at, _CONSTANTS[token.text])
        if token.kind is Kind.NAME:
            return self._reference()
        if self.is_at("("):
            self._take("(")
            self._open += 1
            inner = self._within_depth(lambda: self._operation(1))
            self._open -= 1
            self._take(")")
            return inner
        if self.is_at("[", "{"):
            return self._within_depth(self._collection)
        raise NotInProfile(token.at, f"{token.text or 'the end of the file'} stands where a value is meant")

    def _number(self) -> Scalar:
        token = self._token
        if not token.text.isdecimal() or int(token.text) > MAX_NUMBER:
            raise NotInProfile(token.at, f"{token.text[:20]} is no whole number that both engines keep")
        self._next += 1
        return Scalar(token.at, int(token.text))

    def _reference(self) -> Term:
        """A name with its fields and indexes, or a call."""
        at = self._token.at
        name = "contains" if self._taken("contains") else "input" if self._taken("input") else self._name()
        parts: list[Term] = []
        fields: list[str] = []
        while self._adjoins(".", "[", "("):
            sign = self._take(self._token.text)
            if sign.text == ".":
                parts.append(Scalar(self._token.at, self._field()))
                fields.append(self._tokens[self._next - 1].text)
            elif sign.text == "[":
                self._open += 1
                parts.append(self._within_depth(lambda: self._operation(1)))
                self._open -= 1
                self._take("]")
            else:
                if len(fields) < len(parts):
                    raise NotInProfile(at, "a call through brackets stands here")
                called = ".".join([name, *fields])
                arguments = self._listed(")", lambda: self._operation(1))
                if self._adjoins(".", "[", "("):
                    raise NotInProfile(self._token.at, "a part of what a call gives is read here")
                return Call(at, called, arguments)
        return Ref(at, Var(at, name), tuple(parts)) if parts else Var(at, name)

    def _collection(self) -> Term:
        """An array, a set, an object or a comprehension."""
        at, closing = self._token.at, {"[": "]", "{": "}"}[self._token.text]
        self._next += 1
        self._open += 1
        if self._taken(closing):
            self._open -= 1
            return Items(at, ()) if closing == "]" else Fields(at, ())
        outer_bar, self._bar_ends_at = self._bar_ends_at, self._open
        first = self._operation(1)
        second = self._operation(1) if closing == "}" and self._taken(":") else None
        self._bar_ends_at = outer_bar
        head = (first,) if second is None else (first, second)
        if self._taken("|"):
            outer = self._open
            query = self._literals(closing)
            self._open = outer - 1
            return Comprehension(at, head, query)
        self._open -= 1
        if second is None:
            return Items(at, (first, *self._rest(closing, lambda: self._operation(1))))
        return Fields(at, ((first, second), *self._rest(closing, self._field_pair)))

    def _field_pair(self) -> tuple[Term, Term]:
        key = self._operation(1)
        self._take(":")
        return key, self._operation(1)

    def _listed(self, closing: str, read: Callable[[], _T]) -> tuple[_T, ...]:
        if self._taken(closing):
            return ()
        self._open += 1
        first = self._within_depth(read)
        self._open -= 1
        return (first, *self._rest(closing, read))

    def _rest(self, closing: str, read: Callable[[], _T]) -> tuple[_T, ...]:
        """What follows the first of a list, up to its end; a comma may stand before the end."""
        found = []
        self._open += 1
        while not self._taken(closing):
            self._take(",")
            if not self.is_at(closing):
                found.append(self._within_depth(read))
        self._open -= 1
        return tuple(found)

    def _path(self) -> list[str]:
        names = [self._name()]
        while self._taken("."):
            names.append(self._field())
        return names

    def _field(self) -> str:
        if self._token.kind is not Kind.NAME or self._token.apart:
            raise NotInProfile(self._token.at, f"{self._token.text!r} is no field")
        self._next += 1
        return self._tokens[self._next - 1].text

    def _name(self) -> str:
        token = self._token
        if token.kind is not Kind.NAME or token.text in KEYWORDS:
            raise NotInProfile(
                token.at, f"{token.text or 'the end of the file'} stands where a name is meant"
            )
        self._next += 1
        return token.text

    def _taken(self, text: str) -> bool:
        if not self.is_at(text):
            return False
        self._next += 1
        return True

    def _take(self, text: str) -> Token:
        if not self.is_at(text):
            found = self._token.text or "the end of the file"
            raise NotInProfile(self._token.at, f"{found} stands where {text!r} is meant")
        self._next += 1
        return self._tokens[self._next - 1]

    def _within_depth(self, read: Callable[[], _T]) -> _T:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotInProfile(self._token.at, f"more than {MAX_DEPTH} brackets stand within each other")
        found = read()
        self._depth -= 1
        return found
