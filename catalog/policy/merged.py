"""A bundle as one module below a root of its own: how it stands in an engine, and in an OPA server beside others.

With each module that it is given, a server compiles everything it holds, so it is given a bundle at once; and two
bundles there never share a name. The embedded engine goes through all its modules wherever a rule names data, so it
too is given one. Each name that a rule module declares is written with the module's mark before it,
wherever it stands in that module: so it means what it meant, whatever is called the same elsewhere.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.domain.errors import BundleInvalid
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Bundle, Module, Rule
from catalog.policy.entrypoint import NAMES, PACKAGE, PATH, answering, asked_by
from catalog.policy.portable import not_portable
from catalog.policy.recall import Recall
from catalog.policy.rego.parse import parse
from catalog.policy.rego.tokens import Kind, NotInProfile, Token, tokens_of

_HELD: Final = "held"
_MARK: Final = re.compile(r"\br[0-9]+__")
_RECALL: Final[Recall["MergedBundle"]] = Recall()
_ASKED: Final[Recall["Questions"]] = Recall()


@dataclass(frozen=True, slots=True)
class MergedBundle:
    """`source` declares `revision` and `answers` in the package `root`; `data` is to be at `<root>.held`.

    Without its data `revision` is undefined, so that no rule judges by parameters that are not there. `violations`
    are the names of what rules report, by path of their modules.
    """

    root: str
    source: str
    data: dict[str, Any]
    starts: tuple[tuple[int, str, int], ...]
    violations: Mapping[str, str]

    @property
    def data_path(self) -> str:
        """Where the data is, as a path of the server."""
        return f"{self.root}.{_HELD}".replace(".", "/")

    def place(self, line: int, column: int) -> Place:
        """Where in the bundle's own files that is which stands here in `source`."""
        at = max(0, bisect_right(self.starts, line, key=lambda one: one[0]) - 1)
        start, path, first = self.starts[at]
        before = "".join(self.source.splitlines()[max(0, line - 1) : line])[: max(0, column - 1)]
        return Place(path, max(0, line - start + first), len(self.told(before)) + 1)

    def told(self, text: str) -> str:
        """A text about `source` in the words of the bundle's own files."""
        return _MARK.sub("", text.replace(f".{self.root}.{_HELD}", ""))


@dataclass(frozen=True, slots=True)
class Questions:
    """Ids of rules, and the paths under which they are asked one by one, as JSON."""

    rules: tuple[str, ...]
    paths: bytes


def alone(bundle: Bundle) -> MergedBundle:
    """The bundle as an engine holds it that is the catalog's own; raises what `merged` raises."""
    things = bundle.rules, bundle.modules, bundle.parameters, bundle.data
    return _RECALL.of(things, bundle.revision, lambda: merged(bundle, PACKAGE))


def questions(bundle: Bundle, domain: str, kind: str) -> Questions:
    """What such an engine is asked about an asset: every rule that judges it."""
    things = bundle.rules, bundle.tightenings, bundle.modules, bundle.parameters, bundle.data
    return _ASKED.of(things, (domain, kind, bundle.revision), lambda: _questions(bundle, domain, kind))


def _questions(bundle: Bundle, domain: str, kind: str) -> Questions:
    whole = alone(bundle)
    asked = asked_by(bundle, domain, kind, lambda rule: whole.violations.get(rule.path, f"{_HELD}.violation"))
    paths = json.dumps([f"data.{whole.root}.{name}" for name in asked.values()])
    return Questions(tuple(asked), paths.encode())


def merged(bundle: Bundle, root: str) -> MergedBundle:
    """The bundle below `data.<root>`; raises `BundleInvalid` for a module that leaves the profile."""
    data = f"data.{root}.{_HELD}"
    parts = [_Part(module, f"r{number}__") for number, module in enumerate(bundle.modules)]
    violations = {one.module.path: f"{one.mark}violation" for one in parts if "violation" in one.names}

    def named(rule: Rule) -> str:
        return violations.get(rule.path, f"{data}.violation")

    text = f"package {root}\n\nrevision := {data}.revision\n\n{answering(bundle, named, data)}"
    starts = [(1, PATH, 1)]
    for part in parts:
        starts.append((text.count("\n") + 1, part.module.path, part.first_line))
        text += part.written(data) + "\n"
    held = {**bundle.data, "revision": bundle.revision}
    return MergedBundle(root, text, held, tuple(starts), violations)


class _Part:
    """A module with the names that it declares, from the line on that follows its package."""

    def __init__(self, module: Module, mark: str) -> None:
        try:
            self.names = {rule.name for rule in parse(module.source).rules}
            tokens = tokens_of(module.source)
        except NotInProfile as fault:
            raise BundleInvalid(findings=[_unread(module, fault)]) from fault
        self.module = module
        self.mark = mark
        at = next(number for number, one in enumerate(tokens) if number and _begins(one))
        self._tokens = tokens[at:]
        self.first_line = module.source.count("\n", 0, self._tokens[0].at) + 1

    def written(self, data: str) -> str:
        """The rules with their names marked and `data` where the bundle's is."""
        source, at = self.module.source, self._tokens[0].at
        written = []
        for number, one in enumerate(self._tokens):
            if one.kind is Kind.NAME and not _is_field(self._tokens, number):
                written += [source[at : one.at], self._renamed(one.text, data)]
                at = one.at + len(one.text)
        return "".join([*written, source[at:]])

    def _renamed(self, name: str, data: str) -> str:
        if name == "data":
            return data
        is_taken = name in self.names or NAMES.match(name) or _MARK.match(name)
        return f"{self.mark}{name}" if is_taken else name


def _begins(token: Token) -> bool:
    """Whether the rules begin here: what stands before is the package and an import that says nothing new."""
    return token.begins_line and token.text not in {"package", "import"}


def _is_field(tokens: list[Token], number: int) -> bool:
    return number > 0 and tokens[number - 1].text == "." and not tokens[number].apart


def _unread(module: Module, fault: NotInProfile) -> Finding:
    place, message = not_portable(module, fault).place, f"The rule cannot be read: {fault.what}."
    return FindingCode.POLICY_RULE_INVALID.at(place, message, remedy="Mend the Rego at this position.")
