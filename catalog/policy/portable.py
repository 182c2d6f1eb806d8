"""The portable profile: the part of Rego in which the embedded engine and OPA always agree.

The text is read without an engine, comments and strings blanked out, so that nothing hostile is loaded to be
judged. What cannot be seen in the text is left to the differential tests. Where the two engines differ:
a head that is an expression loses every violation of its rule in one engine as soon as one is undefined
(PORT-001), `not` over a missing reference is undefined in the other (PORT-002), many builtins are missing,
different, or reach outside (PORT-003), and a recursive function ends one engine's process (PORT-004).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Module

_ALLOWED: Final = """
    abs array.concat array.slice ceil concat contains count endswith floor glob.match indexof intersection
    is_array is_boolean is_number is_object is_set is_string lower max min object.get object.keys
    regex.match replace round semver.compare semver.is_valid sort split startswith strings.any_prefix_match
    strings.any_suffix_match substring sum time.parse_rfc3339_ns trim trim_prefix trim_space trim_suffix
    type_name union upper
"""
_RESERVED: Final = "as contains default else every false if import in input not null package some true with"
BUILTINS: Final = frozenset(_ALLOWED.split())
KEYWORDS: Final = frozenset(_RESERVED.split())
_OPAQUE: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*')
_NAME: Final = r"[A-Za-z_]\w*"
_CALL: Final = re.compile(rf"({_NAME}(?:\s*\.\s*{_NAME})*)\s*\(")
_HEAD: Final = re.compile(rf"^(?:default\s+)?({_NAME})", re.MULTILINE)
_CONTAINS: Final = re.compile(rf"^({_NAME})\s+contains\s+(.*?)\s+if\b", re.MULTILINE | re.DOTALL)
_DATA: Final = re.compile(rf"(?<![\w.])data\b((?:\.{_NAME})*)")

# Each is (profile rule, what must not stand in the text, what is wrong, what to write instead).
_REFUSED: Final = (
    ("PORT-001", rf"^{_NAME}\s*\[", "a rule with a key in its head", "Write `name contains value if { … }`."),
    (
        "PORT-001",
        rf"^{_NAME}\s+contains\s+(?!{_NAME}\s+if\b)",
        "a head that is no plain variable",
        "Bind the value in the body, `v := …`, and write `contains v if`.",
    ),
    (
        "PORT-002",
        r"\bnot\b\s*[^\n;]*\b(input|data)\b",
        "a reference to input or data below `not`",
        "Bind it to a variable first.",
    ),
    ("PORT-003", r"\]\s*\(", "a call through brackets", "Call the builtin by its name."),
    (
        "PORT-003",
        r"\$\s*[\"`]",
        "a string with expressions inside",
        "Pass args; the host renders the message.",
    ),
    ("PORT-003", r"\bwith\b", "`with` outside tests", "Judge the view as it is given."),
    ("PORT-003", r"\bimport\s+(?!rego\.v1\b)", "an import", "Write the whole reference."),
    (
        "PORT-005",
        r"\.\s*custom\s*[.\[]",
        "a custom property read as if it were always there",
        'Write `object.get(….custom, "name", "")`.',
    ),
)


def lint(module: Module, domain: str, data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Every place where a rule's module leaves the profile.

    `domain` is empty for the organisation; `data` is the bundle's, in which every parameter must be.
    """
    text = _blanked(module.source)
    found = [
        (start, rule, f"{what} stands here", remedy)
        for rule, pattern, what, remedy in _REFUSED
        for start in _starts(pattern, text)
    ]
    found += _calls(text)
    found += _references(text, domain, data)
    found += _recursion(text)
    return tuple(_finding(module, *one) for one in sorted(found))


def package_segment(domain: str) -> str:
    """A domain's name as it stands in packages and below `data.domains`."""
    return domain.replace("-", "_").replace(".", "__")


def _blanked(source: str) -> str:
    """The source with the inside of strings and comments as blanks; offsets and lines stay."""

    def blank(found: re.Match[str]) -> str:
        whole = found[0]
        edge = "" if whole[0] == "#" else whole[0]
        inner = re.sub(r"[^\n]", " ", whole[len(edge) : len(whole) - len(edge)])
        return f"{edge}{inner}{edge}"

    return _OPAQUE.sub(blank, source)


def _starts(pattern: str, text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(pattern, text, re.MULTILINE))


_Fault = tuple[int, str, str, str]


def _calls(text: str) -> Iterator[_Fault]:
    own = set(_HEAD.findall(text)) - KEYWORDS
    for found in _CALL.finditer(text):
        name = re.sub(r"\s", "", found[1])
        if name not in own and name not in BUILTINS and name not in KEYWORDS - {"contains"}:
            remedy = "Use the builtins of the profile; see policies/README.md."
            yield found.start(), "PORT-003", f"{name} is no builtin of the profile", remedy


def _references(text: str, domain: str, data: Mapping[str, Any]) -> Iterator[_Fault]:
    segment = package_segment(domain)
    allowed = [".org.params."] + ([f".domains.{segment}.params."] if domain else [])
    for found in _DATA.finditer(text):
        if not found[1].startswith(tuple(allowed)):
            remedy = (
                f"Rules read {' and '.join('data' + one + '…' for one in allowed)}, each by its full name."
            )
            yield found.start(), "PORT-003", f"data{found[1]} is not the rule's to read", remedy
        elif not _is_there(data, found[1].split(".")[1:]):
            remedy = "Add it to the parameters; a rule over a parameter that is missing reports nothing."
            yield found.start(), "PORT-005", f"data{found[1]} is no parameter", remedy


def _is_there(data: Any, parts: Sequence[str]) -> bool:
    for part in parts:
        if not isinstance(data, Mapping) or part not in data:
            return False
        data = data[part]
    return True


def _recursion(text: str) -> Iterator[_Fault]:
    """A rule or function that comes back to itself; each begins at the start of a line."""
    heads = [found for found in _HEAD.finditer(text) if found[1] not in KEYWORDS]
    names = {head[1] for head in heads}
    uses: dict[str, set[str]] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : following.start() if following else len(text)]
        uses.setdefault(head[1], set()).update(names.intersection(re.findall(rf"(?<![\w.]){_NAME}", body)))
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as circle:
        path = circle.args[1]
        start = next(head.start() for head in heads if head[1] == path[0])
        yield start, "PORT-004", f"{' uses '.join(path)}", "Write it without recursion."


def _finding(module: Module, start: int, rule: str, what: str, remedy: str) -> Finding:
    line = module.source.count("\n", 0, start) + 1
    column = start - module.source.rfind("\n", 0, start)
    place = Place(module.path, line, column)
    return FindingCode.POLICY_NOT_PORTABLE.at(place, f"{rule}: {what}.", remedy=remedy)
