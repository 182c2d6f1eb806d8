"""Reads the policies folder into a bundle, or says everything that is wrong with it at once."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from catalog.domain.document import Document
from catalog.domain.errors import BundleInvalid
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.manifests.digest import canonical_json
from catalog.manifests.loader import read_yaml
from catalog.manifests.yaml_document import YamlDocument
from catalog.policy.bundle import Bundle, Module, Rule
from catalog.policy.header import read_header
from catalog.policy.parameter import read_parameters, wrong_directions
from catalog.policy.portable import CLASSES, lint, package_segment
from catalog.policy.source import PolicyFile, files_of, read_files, tests_of
from catalog.policy.tightening import read_tightenings
from catalog.policy.waiver_file import read_waivers

_PACKAGE: Final = re.compile(r"^package[ \t]+([\w.]+)[ \t]*$", re.MULTILINE)
_TEST: Final = re.compile(r"^test_\w+", re.MULTILINE)
_CASES: Final = 2
# What a pattern among the parameters may not hold. Rules hold a pattern against many names at once, each on a line.
_DOUBTFUL: Final = (
    (CLASSES, "a class that is not the same everywhere", "Write the letters out, as [0-9] or [ \\t\\r\\n]."),
    (re.compile(r"\\[Az]|\(\?[A-Za-z]*-"), "ends of a whole text, or takes flags off", "Write ^ and $."),
)
_VIOLATION: Final = re.compile(r"^violation contains \w+ if\b", re.MULTILINE)


def load_bundle(root: Path) -> Bundle:
    """The bundle of a policies folder.

    Raises `BundleInvalid` with every finding. Rego itself is not compiled here; an engine refuses what it
    cannot compile.
    """
    return bundle_of(*read_files(root), where=str(root))


def bundle_of(
    files: Sequence[PolicyFile],
    unreadable: Sequence[Finding] = (),
    *,
    where: str = "The bundle",
    tested: bool = True,
) -> Bundle:
    """The bundle of these files, as `load_bundle` has it; `where` names them should they hold no rule.

    `tested` asks for a test beside each rule.
    """
    data, findings = _read_data(files)
    findings = [*unreadable, *findings]
    rules: list[Rule] = []
    for file in _of(files, "rule"):
        rule, found = _read_rule(file, data)
        findings += found
        rules += [rule] if rule else []
    tightenings, loose = read_tightenings(_of(files, "tighten"), rules)
    parameters, looser = read_parameters(_of(files, "tighten"), data["org"]["params"])
    waivers, wrong = read_waivers(_of(files, "waivers"), rules, data)
    findings += [
        *wrong,
        *(_tests(files) if tested else ()),
        *_repeated(rules, files),
        *_roots(files),
        *loose,
        *looser,
    ]
    if _elsewhere(files, findings) or not (findings or any(not rule.domain for rule in rules)):
        message, remedy = f"{where} holds no rule of the organisation.", "Name the folder that holds `org/`."
        findings = [FindingCode.POLICY_RULE_INVALID.found(message, remedy=remedy)]
    if findings:
        raise BundleInvalid(findings=findings, remedy="Mend every finding; nothing is judged until then.")
    modules = tuple(file.module for file in _of(files, "rule"))
    source = Document("bundle.json", canonical_json(_texts(files)))
    return Bundle(source.digest, modules, tuple(rules), data, tightenings, waivers, parameters, source.data)


def bundle_again(source: bytes) -> Bundle:
    """The bundle with this `source`, which judged once; it holds no tests. Raises `BundleInvalid`."""
    texts: dict[str, str] = json.loads(source)
    files, unreadable = files_of({path: text.encode() for path, text in texts.items()})
    return bundle_of(files, unreadable, where="The kept bundle", tested=False)


def read_tests(root: Path) -> tuple[Module, ...]:
    """The Rego tests of a policies folder, which are no part of the bundle."""
    return tests_of(read_files(root)[0])


def _of(files: Sequence[PolicyFile], role: str) -> tuple[PolicyFile, ...]:
    return tuple(file for file in files if file.role == role)


def _texts(files: Sequence[PolicyFile]) -> dict[str, str]:
    return {file.path: file.data.decode() for file in files if file.role != "test"}


def _read_rule(file: PolicyFile, data: Mapping[str, Any]) -> tuple[Rule | None, list[Finding]]:
    module = file.module
    rule, found = read_header(module, file.package, file.domain)
    findings = [*found, *_package(file), *lint(module, file.domain, data)]
    if not _VIOLATION.search(module.source):
        message, remedy = "The rule reports nothing.", "Write `violation contains v if { … }`."
        findings.append(_invalid(file, message, remedy))
    return rule, findings


def _package(file: PolicyFile) -> Iterator[Finding]:
    declared = _PACKAGE.findall(file.data.decode())
    if declared != [file.package]:
        given = ", ".join(declared) or "none"
        yield _invalid(file, f"The package is {given}.", f"Write `package {file.package}`.")


def _tests(files: Sequence[PolicyFile]) -> Iterator[Finding]:
    rules = {file.package for file in _of(files, "rule")}
    tested = set()
    for file in _of(files, "test"):
        yield from _package(file)
        if len(_TEST.findall(file.data.decode())) < _CASES:
            message = "PORT-006: the file holds fewer than two tests."
            remedy = "Write a case that is reported and one that is not, in rules that begin with `test_`."
            yield FindingCode.POLICY_RULE_UNTESTED.at(Place(file.path), message, remedy=remedy)
        tested.add(file.package.removesuffix("_test"))
        if file.package.removesuffix("_test") not in rules:
            yield _invalid(file, "The test has no rule beside it.", "Remove it, or add its rule.")
    for file in _of(files, "rule"):
        if file.package not in tested:
            remedy = f"Add {file.name}_test.rego with a passing and a failing case."
            message = "PORT-006: no test stands beside the rule."
            yield FindingCode.POLICY_RULE_UNTESTED.at(Place(file.path), message, remedy=remedy)


def _read_data(files: Sequence[PolicyFile]) -> tuple[dict[str, Any], list[Finding]]:
    findings: list[Finding] = []
    data: dict[str, Any] = {"org": {"params": {}}, "domains": {}}
    for file in files:
        if file.domain:
            data["domains"].setdefault(package_segment(file.domain), {"params": {}})
    for file in _of(files, "params"):
        document, found = read_yaml(file.document)
        findings += found
        if document is not None and not isinstance(document.value, dict):
            message, remedy = "Parameters are no object.", "Write a JSON object."
            findings.append(FindingCode.POLICY_DATA_INVALID.at(document.place(""), message, remedy=remedy))
        findings += [*wrong_directions(document), *_classes(document)] if document else ()
        owner = data["domains"][package_segment(file.domain)] if file.domain else data["org"]
        owner["params"][file.name] = document.value if document else {}
    return data, findings


def _classes(document: YamlDocument) -> Iterator[Finding]:
    """Patterns among the parameters that would not mean the same to every engine, or not for each line of a text."""
    for pointer, text in _strings(document.value, ""):
        for pattern, what, remedy in _DOUBTFUL:
            if pattern.search(text):
                message = f"PORT-003: {text[:60]!r} holds {what}."
                yield FindingCode.POLICY_NOT_PORTABLE.at(document.place(pointer), message, remedy=remedy)


def _strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from _strings(one, f"{pointer}/{key}")


def _elsewhere(files: Sequence[PolicyFile], findings: Sequence[Finding]) -> bool:
    """Whether nothing lies in `org/`: then another folder was named, and what is wrong in it helps nobody."""
    return not any(
        name.startswith("org/")
        for name in (*(one.path for one in files), *(one.place.file for one in findings))
    )


def _repeated(rules: Sequence[Rule], files: Sequence[PolicyFile]) -> Iterator[Finding]:
    texts = {file.path: file.data.decode() for file in files}
    ids = Counter(rule.id for rule in rules)
    packages = Counter(rule.package for rule in rules)
    for rule in rules:
        for word, number in ((rule.id, ids[rule.id]), (rule.package, packages[rule.package])):
            if number > 1:
                message, remedy = f"{word} is given to {number} rules.", "Give each rule its own, for ever."
                line = texts[rule.path].partition(word)[0].count("\n") + 1
                yield FindingCode.POLICY_RULE_INVALID.at(Place(rule.path, line, 1), message, remedy=remedy)


def _roots(files: Sequence[PolicyFile]) -> Iterator[Finding]:
    """Each domain has packages and data of its own: no two names may come out as one."""
    named: dict[str, str] = {}
    for file in files:
        first = named.setdefault(package_segment(file.domain), file.domain)
        if first != file.domain:
            message = f"{file.domain} and {first} would share one package."
            remedy = "Give one of the two domains another name; `-` and `_` count as the same."
            yield FindingCode.POLICY_RULE_INVALID.at(Place(file.path), message, remedy=remedy)


def _invalid(file: PolicyFile, message: str, remedy: str) -> Finding:
    line = next(
        (at for at, text in enumerate(file.data.decode().splitlines(), 1) if text[:8] == "package "), 1
    )
    return FindingCode.POLICY_RULE_INVALID.at(Place(file.path, line, 1), message, remedy=remedy)
