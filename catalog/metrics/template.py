"""The calls inside `{{ }}` of a filter, and of a group-by in object form: MetricFlow's grammar, nothing more.

    Dimension('order__status', entity_path=['customer']).grain('month').date_part('year')
    TimeDimension('metric_time', 'month', entity_path=[], date_part_name=None)
    Entity('customer', entity_path=[])
    Metric('orders', group_by=['customer'])

No template engine runs: the text is scanned, and what is not such a call is refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.name import METRIC_TIME, DatePart, Reference

TEMPLATE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_BRACES: Final = ("{{", "}}", "{%", "%}", "{#", "#}")
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_]\w*)|'(?P<single>[^'\\]*)'|\"(?P<double>[^\"\\]*)\"|(?P<mark>[()\[\],.=]))"
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_PARAMETERS: Final = {
    "Dimension": ("name", "entity_path"),
    "Entity": ("name", "entity_path"),
    "Metric": ("name", "group_by"),
    "TimeDimension": ("name", "time_granularity_name", "entity_path", "date_part_name"),
}
_METHODS: Final = {"grain": "time_granularity_name", "date_part": "date_part_name"}


class TemplateInvalid(ValueError):
    """The text is no call that a template may hold; the message says why."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call and what it names; `name` is its first argument as written."""

    kind: str
    reference: Reference
    name: str


def parse_call(text: str) -> Call:
    """Read one call; raises `TemplateInvalid`."""
    return _Scanner(text).call()


@lru_cache(maxsize=16_384)
def template_faults(text: str) -> tuple[str, ...]:
    """Why the calls of a filter that stands in a definition cannot be read, each reason once."""
    faults = [fault for body in TEMPLATE.findall(text) for fault in call_faults(body)]
    rest = TEMPLATE.sub("", text)
    if any(brace in rest for brace in _BRACES):
        faults.append("a {{ or }} stands alone, or opens something else than a call")
    return tuple(dict.fromkeys(faults))


def call_faults(body: str) -> Iterator[str]:
    """Why a call that stands in a definition cannot be read: it is complete, and says its path in one way."""
    try:
        call = parse_call(body)
    except TemplateInvalid as invalid:
        yield f"in {{{{{body}}}}} {invalid}"
        return
    named = Reference.parse(call.name)
    if call.kind == "Entity" and named and (named.grain or named.date_part):
        yield f"the entity {call.name} has no grain"
    pathless = (
        call.kind not in {"Dimension", "TimeDimension"} or named is None or named.element == METRIC_TIME
    )
    if not pathless and named and len(named.path) != 1:
        yield f"{call.name} is not entity__dimension; entities before that one go into entity_path"


@dataclass(slots=True)
class _Scanner:
    text: str
    position: int = 0

    def call(self) -> Call:
        """`Kind(arguments)` with methods after it, and nothing else."""
        kind = self.expect("word")
        if kind not in _PARAMETERS:
            raise TemplateInvalid(f"{kind} is none of {', '.join(_PARAMETERS)}")
        arguments = self.arguments(_PARAMETERS[kind])
        while self.take("."):
            method = self.expect("word")
            if method not in _METHODS or kind not in {"Dimension", "TimeDimension"}:
                raise TemplateInvalid(f"{kind} has no .{method}()")
            given = self.arguments((_METHODS[method],))
            if not given or given.keys() & {name for name, value in arguments.items() if value}:
                raise TemplateInvalid(f".{method}() takes what is not said before")
            arguments |= given
        if self.text[self.position :].strip():
            raise TemplateInvalid(f"something stands after {kind}(…)")
        reference = _metric(arguments) if kind == "Metric" else _reference(arguments)
        return Call(kind, reference, str(arguments["name"]))

    def arguments(self, names: tuple[str, ...]) -> dict[str, object]:
        """Positional and named arguments up to the closing parenthesis."""
        found: dict[str, object] = {}
        self.expect("(")
        while not self.take(")"):
            if found:
                self.expect(",")
            name = self.parameter(names[len(found)] if len(found) < len(names) else "")
            if name not in names or name in found:
                raise TemplateInvalid(f"the arguments are {', '.join(names)}")
            found[name] = self.value()
        return found

    def parameter(self, positional: str) -> str:
        """The name before `=`, or the one that belongs to this position."""
        here = self.position
        if (word := self.take("word")) and self.take("="):
            return word
        self.position = here
        return positional

    def value(self) -> object:
        """A quoted text, a list of them, or None."""
        if self.take("word") == "None":
            return None
        for opening, closing in (("[", "]"), ("(", ")")):
            if self.take(opening):
                return self.texts(closing)
        return self.expect("text")

    def texts(self, closing: str) -> tuple[str, ...]:
        """Quoted texts up to the closing mark; a comma may end them."""
        found: list[str] = []
        while not self.take(closing):
            found.append(self.expect("text"))
            if not self.take(","):
                self.expect(closing)
                break
        return tuple(found)

    def take(self, wanted: str) -> str | None:
        """The next token if it is of this kind or this mark."""
        match = _TOKEN.match(self.text, self.position)
        if match is None:
            return None
        kind = match.lastgroup or ""
        value = match.group(kind)
        kind = "text" if kind in {"single", "double"} else kind
        if wanted not in {kind, value if kind == "mark" else kind}:
            return None
        self.position = match.end()
        return value

    def expect(self, wanted: str) -> str:
        """The next token, which must be of this kind or this mark."""
        value = self.take(wanted)
        if value is None:
            raise TemplateInvalid(f"{wanted} is expected at {self.text[self.position :][:20]!r}")
        return value


def _metric(arguments: Mapping[str, object]) -> Reference:
    """A metric's value for the element that its query groups by."""
    name, group_by = arguments.get("name"), arguments.get("group_by") or ()
    if not isinstance(group_by, tuple) or len(group_by) != 1:
        raise TemplateInvalid("group_by is a list of one entity")
    entity = Reference.parse(str(group_by[0]))
    if not isinstance(name, str) or not _NAME.match(name) or entity is None or entity.grain:
        raise TemplateInvalid(f"{name!r} by {group_by[0]!r} is no metric by an entity")
    return replace(entity, metric=name.lower())


def _reference(arguments: Mapping[str, object]) -> Reference:
    name = arguments.get("name")
    reference = Reference.parse(name) if isinstance(name, str) else None
    if reference is None:
        raise TemplateInvalid(f"{name!r} is no name as entity__dimension")
    path = arguments.get("entity_path") or ()
    grain, date_part = arguments.get("time_granularity_name"), arguments.get("date_part_name")
    if not isinstance(path, tuple):
        raise TemplateInvalid("entity_path is a list of names")
    standard = str(grain or "").lower() in set(TimeGranularity)
    if grain and not standard and not _NAME.match(str(grain)):
        raise TemplateInvalid(f"{grain!r} is no grain of time")
    said_otherwise = reference.grain and str(grain or reference.grain).lower() != reference.grain
    if said_otherwise or (date_part and reference.date_part):
        raise TemplateInvalid(f"{name!r} already says its grain")
    try:
        return replace(
            reference,
            path=tuple(str(entity).lower() for entity in path) + reference.path,
            grain=TimeGranularity(str(grain).lower()) if standard else reference.grain,
            custom="" if standard else str(grain or "").lower(),
            date_part=DatePart(str(date_part).lower()) if date_part else reference.date_part,
        )
    except ValueError as error:
        raise TemplateInvalid(f"{error} of time") from error
