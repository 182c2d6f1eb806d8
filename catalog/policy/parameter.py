"""Parameters that a domain may tighten: each says in which direction, beside its default.

A file in `policies/params` declares `"direction": {"maximum_days": "max"}`; a domain asks for less in its
`tighten.json`, as `{"parameters": {"retention.maximum_days": 365}}`. What declares no direction is the
organisation's alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import lineage
from catalog.manifests.loader import read_yaml
from catalog.manifests.yaml_document import YamlDocument
from catalog.policy.source import PolicyFile

KEY: Final = "parameters"
DIRECTION: Final = "direction"


class Direction(StrEnum):
    """Where tighter lies: a `min` may only rise, a `max` only fall, a `subset` only lose, a `superset` only gain."""

    MAX = "max"
    MIN = "min"
    SUBSET = "subset"
    SUPERSET = "superset"

    def takes(self, value: object) -> bool:
        """Whether the value is of the direction's type: a number, or a list of texts."""
        if self in {Direction.MAX, Direction.MIN}:
            return isinstance(value, int | float) and not isinstance(value, bool)
        return isinstance(value, list) and all(isinstance(one, str) for one in value)

    def tightens(self, before: Any, after: Any) -> bool:
        """Whether `after` asks for at least as much as `before`."""
        match self:
            case Direction.MAX:
                return bool(after <= before)
            case Direction.MIN:
                return bool(after >= before)
            case Direction.SUBSET:
                return set(after) <= set(before)
        return set(after) >= set(before)


def directions_of(values: Mapping[str, Any]) -> dict[str, Direction]:
    """The directions that a parameter file declares, as far as they are well formed."""
    declared = values.get(DIRECTION, {})
    known = set(Direction)
    items = declared.items() if isinstance(declared, dict) else ()
    return {
        name: Direction(word)
        for name, word in items
        if isinstance(word, str) and word in known and Direction(word).takes(values.get(name))
    }


def wrong_directions(document: YamlDocument) -> Iterator[Finding]:
    """Each declared direction that is none, or does not fit its parameter."""
    value = document.value if isinstance(document.value, dict) else {}
    declared = value.get(DIRECTION, {})
    right = directions_of(value)
    for name in declared if isinstance(declared, dict) else ("",):
        if name not in right:
            message = f"`{name}` has no direction that fits it." if name else "Directions are no object."
            remedy = "Write min or max for a number, subset or superset for a list of texts."
            place = document.place(f"/{DIRECTION}/{name}".rstrip("/"))
            yield FindingCode.POLICY_DATA_INVALID.at(place, message, remedy=remedy)


def read_parameters(
    files: Iterable[PolicyFile], params: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, dict[str, Any]], tuple[Finding, ...]]:
    """By domain and `file.name`, what domains tighten, with what holds around them; outer domains first."""
    found: dict[str, dict[str, Any]] = {}
    findings: list[Finding] = []
    for file in sorted(files, key=lambda one: (one.domain.count("."), one.domain)):
        document = read_yaml(file.document)[0]
        asked = document.value.get(KEY) if document and isinstance(document.value, dict) else None
        if document is None or asked is None:
            continue
        outer = next((found[one] for one in lineage(file.domain)[1:] if one in found), {})
        faults = list(_faults(document, asked, params, outer))
        findings += faults
        if not faults:
            found[file.domain] = outer | asked
    return found, tuple(findings)


def _faults(
    document: YamlDocument, asked: object, params: Mapping[str, Mapping[str, Any]], outer: Mapping[str, Any]
) -> Iterator[Finding]:
    if not isinstance(asked, dict):
        yield _invalid(document, f"/{KEY}", "Parameters are no object.", "Write `file.name` with a value.")
        return
    for name, value in asked.items():
        file, _, key = name.partition(".")
        direction = directions_of(params.get(file, {})).get(key)
        if direction is None:
            remedy = "Name one that declares a direction; policies/README.md lists them."
            yield _invalid(document, f"/{KEY}/{name}", f"{name} is no parameter to be tightened.", remedy)
        elif not direction.takes(value):
            remedy = "Write a value of the type of the organisation's."
            yield _invalid(document, f"/{KEY}/{name}", f"{name} is of another type.", remedy)
        elif not direction.tightens(outer.get(name, params[file][key]), value):
            message = f"{name} is a {direction}, and this lies on its looser side."
            place = document.place(f"/{KEY}/{name}")
            remedy = "Ask for more, never for less; or leave it out."
            yield FindingCode.POLICY_LOOSENED.at(place, message, remedy=remedy)


def _invalid(document: YamlDocument, pointer: str, message: str, remedy: str) -> Finding:
    return FindingCode.POLICY_DATA_INVALID.at(document.place(pointer), message, remedy=remedy)
