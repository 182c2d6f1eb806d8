"""Follows what a module reads: every reference to the view and the parameters, with what it finds there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from catalog.policy.recall import Recall
from catalog.policy.rego.shape import (
    NUMBER,
    TEXT,
    UNKNOWN,
    Shape,
    always_has,
    common,
    element_of,
    field_of,
    is_many,
    list_of,
    resolved,
    shape_of,
)
from catalog.policy.rego.tokens import NotInProfile
from catalog.policy.rego.tree import (
    Binary,
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
    within,
)

_ROUNDS: Final = 3  # functions that call functions that call functions
_TEXTS: Final = frozenset(
    {"concat", "lower", "upper", "replace", "substring", "trim", "trim_space", "trim_prefix", "trim_suffix"}
)
_NUMBERS: Final = frozenset({"abs", "count", "sum"})
_SHAPES: Final[Recall[Shape]] = Recall()
_Scope = dict[str, Shape]
_Calls = dict[str, list[list[Shape]]]


@dataclass
class Reading:
    """One module read against the view's schema and the bundle's data; `readable` are paths below `data`."""

    tree: Tree
    schema: Shape
    data: Mapping[str, Any]
    readable: tuple[tuple[str, ...], ...]
    _faults: list[NotInProfile] = field(default_factory=list)
    _arguments: dict[str, list[Shape]] = field(default_factory=dict)
    _values: dict[str, Shape] = field(default_factory=dict)

    def faults(self) -> list[NotInProfile]:
        """Every reference that finds nothing, may find nothing below `not`, or goes through what is no list."""
        own = {rule.name for rule in self.tree.rules}
        for _ in range(_ROUNDS):
            before = self._arguments, dict(self._values)
            self._faults = []
            calls: _Calls = {}
            for rule in self.tree.rules:
                self._rule(rule, calls)
            self._arguments = {
                name: [common(column) for column in zip(*given, strict=False)]
                for name, given in calls.items()
                if name in own
            }
            if before == (self._arguments, self._values):
                break
        return self._faults

    def _rule(self, rule: Rule, calls: _Calls) -> None:
        given = self._arguments.get(rule.name, [])
        scope: _Scope = {}
        for position, one in enumerate(rule.arguments):
            if isinstance(one, Var):
                scope[one.name] = given[position] if position < len(given) else UNKNOWN
        for body in rule.bodies:
            own = dict(scope)
            self._query(body.query, own, calls)
            if body.value is not None:
                shape = self._term(body.value, own, calls)
                if not rule.arguments:
                    self._values[rule.name] = shape if len(rule.bodies) == 1 else UNKNOWN
        if rule.key is not None:
            self._term(rule.key, own, calls)

    def _query(self, query: tuple[Literal, ...], scope: _Scope, calls: _Calls) -> None:
        for one in query:
            match one:
                case Some(names=names, collection=None):
                    scope.update((name.name, UNKNOWN) for name in names)
                case Some(names=names, collection=collection) if collection is not None:
                    self._bind(names, collection, scope, calls)
                case Every(names=names, collection=collection, query=inner):
                    own = dict(scope)
                    self._bind(names, collection, own, calls)
                    self._query(inner, own, calls)
                case Not(term=term):
                    self._faults += self._missing(term, scope)
                    self._term(term, dict(scope), calls)
                case Binary(operator=":=" | "=", left=Var(name=name), right=right):
                    scope[name] = self._term(right, scope, calls)
                case _:
                    assert not isinstance(one, Some), "both forms of it were met"
                    self._term(one, scope, calls)

    def _bind(
        self,
        names: tuple[Var, ...],
        collection: Term,
        scope: _Scope,
        calls: _Calls,
    ) -> None:
        shape = self._term(collection, scope, calls)
        if not is_many(shape):
            fault = NotInProfile(collection.at, "something that is no list is gone through here", "PORT-004")
            self._faults.append(fault)
            shape = UNKNOWN
        scope.update((name.name, UNKNOWN) for name in names[:-1])
        scope[names[-1].name] = resolved(element_of(shape), self.schema)

    def _term(self, term: Term, scope: _Scope, calls: _Calls) -> Shape:
        """The shape of a term; what its parts read is followed on the way."""
        shape = UNKNOWN
        match term:
            case Scalar(value=value):
                shape = shape_of(value)
            case Var():
                shape = self._variable(term, scope)
            case Ref(parts=parts):
                for part in parts:
                    self._term(part, scope, calls)
                shape = self._reference(term, scope)
            case Call(args=args):
                shape = self._call(term, [self._term(one, scope, calls) for one in args], calls)
            case Items(items=items):
                shape = list_of(common([self._term(one, scope, calls) for one in items]))
            case Fields(fields=fields):
                shape = self._object(fields, scope, calls)
            case Comprehension(head=head, query=query):
                own = dict(scope)
                self._query(query, own, calls)
                shape = list_of([self._term(one, own, calls) for one in head][-1])
            case Binary(left=left, right=right):
                self._term(left, scope, calls)
                self._term(right, scope, calls)
        return shape

    def _call(self, call: Call, given: list[Shape], calls: _Calls) -> Shape:
        calls.setdefault(call.name, []).append(given)
        if call.name == "count" and [one.get("type") for one in given] == ["string"]:
            self._faults.append(NotInProfile(call.at, "the length of a text is counted here"))
        return TEXT if call.name in _TEXTS else NUMBER if call.name in _NUMBERS else UNKNOWN

    def _variable(self, var: Var, scope: _Scope) -> Shape:
        if var.name in {"input", "data"}:
            self._faults.append(NotInProfile(var.at, f"`{var.name}` as a whole is read here", "PORT-005"))
        return scope.get(var.name, self._values.get(var.name, UNKNOWN))

    def _object(
        self,
        fields: tuple[tuple[Term, Term], ...],
        scope: _Scope,
        calls: _Calls,
    ) -> Shape:
        shapes = [(key, self._term(key, scope, calls), self._term(one, scope, calls)) for key, one in fields]
        named = {str(key.value): shape for key, _, shape in shapes if isinstance(key, Scalar)}
        if len(named) < len(fields):
            return UNKNOWN
        return {"type": "object", "properties": named, "required": sorted(named)}

    def _reference(self, ref: Ref, scope: _Scope) -> Shape:
        try:
            shape, parts = self._start(ref, scope)
            for part in parts:
                shape = resolved(field_of(shape, part), self.schema)
        except NotInProfile as fault:
            self._faults.append(fault)
            return UNKNOWN
        return shape

    def _start(self, ref: Ref, scope: _Scope) -> tuple[Shape, tuple[Term, ...]]:
        """The shape from which the rest of the reference goes on."""
        name = ref.base.name
        if name == "input":
            return self.schema, ref.parts
        if name != "data":
            return scope.get(name, self._values.get(name, UNKNOWN)), ref.parts
        named = tuple(str(part.value) if isinstance(part, Scalar) else "" for part in ref.parts)
        for path in self.readable:
            if named[: len(path)] == path and len(named) > len(path) and named[len(path)]:
                return self._readable(path), ref.parts[len(path) :]
        told = ".".join(["data", *named])
        raise NotInProfile(ref.at, f"{told} is not the rule's to read")

    def _readable(self, path: tuple[str, ...]) -> Shape:
        return _SHAPES.of((self.data,), path, lambda: shape_of(_below(self.data, path)))

    def _missing(self, term: Term, scope: _Scope) -> Iterator[NotInProfile]:
        """References below `not` that may find nothing, where the engines part."""
        for one in within(term):
            if isinstance(one, Ref) and one.base.name in {"input", "data"}:
                what = "a reference to input or data below `not` stands here"
                yield NotInProfile(one.at, what, "PORT-002")
            elif isinstance(one, Ref) and not self._is_there(one, scope):
                what = "a reference that may find nothing stands below `not`"
                yield NotInProfile(one.at, what, "PORT-002")

    def _is_there(self, ref: Ref, scope: _Scope) -> bool:
        shape = scope.get(ref.base.name, self._values.get(ref.base.name, UNKNOWN))
        for part in ref.parts:
            if not always_has(shape, part):
                return False
            shape = resolved(field_of(shape, part), self.schema)
        return True


def _below(data: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        data = data.get(name, {}) if isinstance(data, Mapping) else {}
    return data
