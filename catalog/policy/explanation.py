"""Why a rule found something: the element, the expressions that held for it, and what would make it pass."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from catalog.domain.finding import Place
from catalog.policy.bundle import Bundle, Module, Rule
from catalog.policy.decide import filled
from catalog.policy.decision import Violation
from catalog.policy.recorded import RecordedDecision

_HEAD: Final = re.compile(r"^violation contains \w+ if \{[ \t]*$")
_BINDS: Final = re.compile(r"^(some\b|\w+ := )")

# The lines of a module, from 1, that were reached for a view.
Reached = Callable[[Bundle, Module, Mapping[str, Any]], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Expression:
    """A line of the rule that had to hold, and where it stands."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One violation: `element` is what the view holds at its path, `held` are the conditions that it met.

    The rule passes for the element as soon as one of `held` no longer holds. `waiver` is what passed it over.
    """

    violation: Violation
    rule: Rule
    element: Any
    held: tuple[Expression, ...]
    message: str
    remedy: str
    waiver: str = ""


def explain(recorded: RecordedDecision, reached: Reached) -> tuple[Explanation, ...]:
    """Each violation of the record explained, those that were waived after those that counted."""
    view, bundle = recorded.asked, recorded.bundle
    rules = {rule.id: rule for rule in bundle.rules}
    modules = {module.path: module for module in bundle.modules}
    kind, _, name = view["asset"]["key"].partition(":")
    named: Mapping[str, Any] = {"asset": name, "kind": kind.replace("_", " ")}
    waived = tuple(Violation(rule, path) for rule, path in recorded.waivers)
    return tuple(
        Explanation(
            one,
            rule,
            element_at(view, one.path),
            _held(one, modules[rule.path], view, partial(reached, bundle)),
            filled(rule.message, {**named, **one.args}),
            filled(rule.remediation, {**named, **one.args}),
            recorded.waivers.get((one.id, one.path), ""),
        )
        for one in (*recorded.violations, *waived)
        for rule in [rules[one.id]]
    )


def element_at(view: Any, pointer: str) -> Any:
    """What the view holds at a JSON pointer, or at its nearest ancestor that it has."""
    for part in pointer.split("/")[1:]:
        found = _step(view, part)
        if found is None:
            break
        view = found
    return view


def _held(
    one: Violation,
    module: Module,
    view: Mapping[str, Any],
    reached: Callable[[Module, Mapping[str, Any]], frozenset[int]],
) -> tuple[Expression, ...]:
    """The conditions of the bodies that were reached to their end for this element alone.

    A rule that looks at its neighbours too finds nothing for one alone; it is then looked at with all of them.
    """
    for shown in (alone(view, one.path), view):
        lines = reached(module, shown)
        held = [body for body in _bodies(module) if body and body[-1].place.line in lines]
        if held:
            return tuple(line for body in held for line in body if not _BINDS.match(line.text))
    return ()


def alone(view: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """The view with every list on the way to the element reduced to the one item that leads there."""
    head, _, rest = pointer.removeprefix("/").partition("/")
    inner = view.get(head)
    if isinstance(inner, list):
        place, _, further = rest.partition("/")
        item = _step(inner, place)
        if item is None:
            return dict(view)
        return {**view, head: [alone(item, f"/{further}") if further and isinstance(item, dict) else item]}
    if isinstance(inner, dict) and rest:
        return {**view, head: alone(inner, f"/{rest}")}
    return dict(view)


def _step(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, list) and part.isdigit() and int(part) < len(value):
        return value[int(part)]
    return None


def _bodies(module: Module) -> Iterator[list[Expression]]:
    """The lines of each body of `violation`, without comments; the portable profile has one expression a line."""
    body: list[Expression] | None = None
    for number, line in enumerate(module.source.splitlines(), 1):
        text = line.strip()
        if _HEAD.match(line):
            body = []
        elif line.startswith("}") and body is not None:
            yield body
            body = None
        elif body is not None and text and not text.startswith("#"):
            body.append(Expression(Place(module.path, number, 1), text))
