"""The METADATA header of a rule: OPA's own annotation block, in YAML, above the package line."""

import re
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from catalog.domain.document import Document
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKind, is_domain
from catalog.manifests.loader import read_yaml
from catalog.manifests.yaml_document import YamlDocument
from catalog.policy.bundle import Guidance, Module, Rule
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.federation import GRAVITY

_START: Final = "# METADATA"
_KEYS: Final = {"title", "description", "scope", "custom", "authors", "organizations", "related_resources"}
_CUSTOM: Final = {"category", "docs", "enforcement", "graceUntil", "guidance", "id", "message", "owner"} | {
    "remediation",
    "scope",
    "severity",
    "since",
}
_SCOPE: Final = {"domains", "kinds"}
_ID: Final = re.compile(r"[A-Z]{2,6}-[A-Z]{2,6}-\d{3}\Z")
_ORGANISATION: Final = "ORG-"
_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_]+)\}")
_ALWAYS_GIVEN: Final = {"asset", "kind"}

_Word = TypeVar("_Word", bound=StrEnum)


def read_header(module: Module, package: str, domain: str) -> tuple[Rule | None, tuple[Finding, ...]]:
    """The rule that a module's header declares, or None with everything that is wrong with the header."""
    lines = module.source.splitlines()
    if _START not in lines:
        message = f"The rule has no header that begins with `{_START}`."
        remedy = (
            "Write title, id, severity, guidance, enforcement, scope, message, remediation, owner and since "
            "above `package`."
        )
        finding = FindingCode.POLICY_RULE_INVALID.at(Place(module.path, 1, 1), message, remedy=remedy)
        return None, (finding,)
    document, findings = read_yaml(_document(module.path, lines))
    if document is None:
        return None, findings
    header = _Header(document)
    rule = header.rule(module, package, domain)
    return (None if header.findings else rule), tuple(header.findings)


def _document(path: str, lines: list[str]) -> Document:
    """The block as YAML; each `#` becomes a blank, so that every line and column is the file's own."""
    start = lines.index(_START) + 1
    block = [""] * start
    for line in lines[start:]:
        if not line.startswith("#"):
            break
        block.append(" " + line[1:])
    return Document(path, "\n".join(block).encode())


class _Header:
    """Reads fields and keeps every fault it meets."""

    def __init__(self, document: YamlDocument) -> None:
        self.findings: list[Finding] = []
        self._document = document

    def rule(self, module: Module, package: str, domain: str) -> Rule:
        """The rule as far as it can be read; it counts only if there are no findings."""
        self._refuse_unknown("", _KEYS)
        self._refuse_unknown("/custom", _CUSTOM)
        self._refuse_unknown("/custom/scope", _SCOPE)
        rule = Rule(
            id=self._id(domain),
            package=package,
            title=self._text("/title"),
            path=module.path,
            severity=self._word("/custom/severity", Level, GRAVITY) or Level.ERROR,
            enforcement=self._enforcement(),
            kinds=self._kinds(),
            message=self._text("/custom/message"),
            remediation=self._text("/custom/remediation"),
            domain=domain,
            owner=self._text("/custom/owner"),
            category=self._document.text("/custom/category").strip(),
            guidance=self._word("/custom/guidance", Guidance) or Guidance.MANDATORY,
            domains=self._domains(),
            docs=self._docs(),
            since=self._day("/custom/since", needed=True),
            grace_until=self._day("/custom/graceUntil"),
        )
        self._refuse_args_never_given(module.source)
        self._refuse_backward_grace(rule)
        return rule

    def _id(self, domain: str) -> str:
        value = self._text("/custom/id")
        if value and not _ID.match(value):
            self._refuse("/custom/id", f"{value!r} is no rule id.", "Write letters, letters, three digits.")
        elif value and value.startswith(_ORGANISATION) == bool(domain):
            remedy = "`ORG-` begins the ids of the organisation's rules and of no others."
            self._refuse("/custom/id", f"{value} is not an id for this folder.", remedy)
        return value

    def _enforcement(self) -> dict[EnforcementPoint, Enforcement]:
        found = {point: self._word(f"/custom/enforcement/{point}", Enforcement) for point in EnforcementPoint}
        return {point: value or Enforcement.DENY for point, value in found.items()}

    def _kinds(self) -> tuple[str, ...]:
        kinds = self._value("/custom/scope/kinds")
        if not isinstance(kinds, list) or not kinds or not set(map(str, kinds)) <= set(AssetKind):
            remedy = f"List one or more of {', '.join(AssetKind)}."
            self._refuse("/custom/scope/kinds", "The kinds of asset that are judged are not named.", remedy)
            return ()
        return tuple(str(kind) for kind in kinds)

    def _domains(self) -> tuple[str, ...]:
        named = self._value("/custom/scope/domains")
        if named is None:
            return ()
        if not isinstance(named, list) or not named or not all(is_domain(one) for one in named):
            remedy = "List names of domains, or leave it out where the rule is for all."
            self._refuse("/custom/scope/domains", "The domains that are judged are not named.", remedy)
            return ()
        return tuple(named)

    def _docs(self) -> str:
        address = self._document.text("/custom/docs").strip()
        if address and not address.startswith("https://"):
            self._refuse(
                "/custom/docs", f"{address!r} is no address.", "Write one that begins with https://."
            )
        return address

    def _day(self, pointer: str, *, needed: bool = False) -> date | None:
        told = self._text(pointer) if needed else self._document.text(pointer).strip()
        try:
            return date.fromisoformat(told) if told else None
        except ValueError:
            self._refuse(pointer, f"{told!r} is no day.", "Write year, month and day, as 2026-11-21.")
            return None

    def _refuse_backward_grace(self, rule: Rule) -> None:
        if rule.since and rule.grace_until and rule.grace_until <= rule.since:
            message = f"The grace ends on {rule.grace_until}, not after the rule's first day."
            self._refuse("/custom/graceUntil", message, f"Write a day after {rule.since}, or leave it out.")

    def _text(self, pointer: str) -> str:
        value = self._document.text(pointer).strip()
        if not value:
            self._refuse(pointer, f"`{_name(pointer)}` is not declared.", "Declare it in the header.")
        return value

    def _word(self, pointer: str, words: type[_Word], allowed: tuple[_Word, ...] = ()) -> _Word | None:
        """One of the words, or of those that are `allowed` here."""
        value, meant = self._document.text(pointer), allowed or tuple(words)
        if value in meant:
            return words(value)
        message = f"`{_name(pointer)}` is {value!r}." if value else f"`{_name(pointer)}` is not declared."
        self._refuse(pointer, message, f"Write one of {', '.join(meant)}.")
        return None

    def _refuse_unknown(self, pointer: str, known: set[str]) -> None:
        value = self._value(pointer)
        if not isinstance(value, dict):
            self._refuse(pointer, "This is no mapping.", "Write keys with values.")
            self._document = self._document if pointer else YamlDocument(self._document.file, {})
            return
        for key in value.keys() - known:
            remedy = f"The header knows {', '.join(sorted(known))}."
            self._refuse(f"{pointer}/{key}", f"`{key}` is not known here.", remedy)

    def _value(self, pointer: str) -> Any:
        value = self._document.value
        for part in pointer.split("/")[1:]:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def _refuse_args_never_given(self, source: str) -> None:
        for pointer in ("/custom/message", "/custom/remediation"):
            for name in _PLACEHOLDER.findall(self._document.text(pointer)):
                if name not in _ALWAYS_GIVEN and f'"{name}":' not in source:
                    remedy = f'Add `"{name}": …` to the violation\'s args, or leave it out of the text.'
                    self._refuse(pointer, f"`{{{name}}}` is an argument that no violation gives.", remedy)

    def _refuse(self, pointer: str, message: str, remedy: str) -> None:
        place = self._document.place(pointer)
        self.findings.append(FindingCode.POLICY_RULE_INVALID.at(place, message, remedy=remedy))


def _name(pointer: str) -> str:
    return pointer.rsplit("/", 1)[-1]
