"""The policies folder as files: which are rules, tests, parameters and tightenings, and whose they are."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalog.domain.document import Document
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Module
from catalog.policy.portable import KEYWORDS, package_segment

MAX_BYTES: Final = 256 * 1024
TEST_SUFFIX: Final = "_test.rego"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_DOMAIN: Final = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*\Z")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file with its role; `domain` is empty for the organisation's, `name` is the stem."""

    path: str
    data: bytes
    role: str
    domain: str
    name: str

    @property
    def package(self) -> str:
        """The package that the file must declare; a test's is its rule's with `_test`."""
        scope = f"domains.{package_segment(self.domain)}" if self.domain else "org"
        return f"governance.{scope}.{self.name}"

    @property
    def module(self) -> Module:
        """The file as Rego source."""
        return Module(self.path, self.data.decode())

    @property
    def document(self) -> Document:
        """The file as JSON or YAML to be read."""
        return Document(self.path, self.data)


def read_files(root: Path) -> tuple[tuple[PolicyFile, ...], tuple[Finding, ...]]:
    """Every file that belongs to a bundle, by path, and those that cannot; other files are left alone.

    Rules and tests are `org/<rule>.rego`, `org/<rule>_test.rego`, `domains/<domain>/<rule>.rego` and so on;
    parameters are `params/<name>.json` and `domains/<domain>/params/<name>.json`; what a domain tightens is
    in `domains/<domain>/tighten.json`; waivers are `waivers/<name>.yaml`.
    """
    files: list[PolicyFile] = []
    findings: list[Finding] = []
    for path in sorted(root.rglob("*")):
        if path.suffix in {".rego", ".json", ".yaml"} and (path.is_symlink() or path.is_file()):
            found = _read(path, path.relative_to(root))
            if isinstance(found, PolicyFile):
                files.append(found)
            elif found is not None:
                findings.append(found)
    return tuple(files), tuple(findings)


def files_of(contents: Mapping[str, bytes]) -> tuple[tuple[PolicyFile, ...], tuple[Finding, ...]]:
    """The same of files that are no folder's: their bytes by path, as `org/owner.rego`."""
    read = [_file(path, data) for path, data in sorted(contents.items())]
    return (
        tuple(one for one in read if isinstance(one, PolicyFile)),
        tuple(one for one in read if isinstance(one, Finding)),
    )


def tests_of(files: Iterable[PolicyFile]) -> tuple[Module, ...]:
    """The Rego tests among the files."""
    return tuple(file.module for file in files if file.role == "test")


def _read(path: Path, relative: Path) -> PolicyFile | Finding | None:
    name = relative.as_posix()
    if path.is_symlink() and _role(relative.parts):
        return _refused(name, "A bundle follows no links.", "Put the file itself here.")
    return _file(name, path.read_bytes()) if _role(relative.parts) or path.suffix == ".rego" else None


def _file(name: str, data: bytes) -> PolicyFile | Finding | None:
    role = _role(tuple(name.split("/")))
    if role is None:
        remedy = "Rules are in `org/` or `domains/<domain>/`, named in small letters, digits and `_`."
        return None if not name.endswith(".rego") else _refused(name, "No rule may stand here.", remedy)
    if len(data) > MAX_BYTES:
        return _refused(name, f"The file is larger than {MAX_BYTES:,} bytes.", "Split it.")
    try:
        data.decode()
    except UnicodeDecodeError:
        return _refused(name, "The file is not UTF-8.", "Save it as UTF-8.")
    return PolicyFile(name, data, *role)


def _role(parts: tuple[str, ...]) -> tuple[str, str, str] | None:
    """(role, domain, name) of a path, None for a place that is no file's of a bundle."""
    match parts:
        case ("domains", domain, *inner) if _DOMAIN.match(domain):
            return _role_in(domain, inner)
        case ("waivers", file) if file.endswith(".yaml"):
            return "waivers", "", file.removesuffix(".yaml")
        case ("org", file) if file.endswith(".rego"):
            return _rego_role("", file)
        case ("params", file):
            return _json_role("", file)
    return None


def _role_in(domain: str, inner: list[str]) -> tuple[str, str, str] | None:
    match inner:
        case [file] if file.endswith(".rego"):
            return _rego_role(domain, file)
        case ["params", file]:
            return _json_role(domain, file)
        case ["tighten.json"]:
            return "tighten", domain, "tighten"
    return None


def _rego_role(domain: str, file: str) -> tuple[str, str, str] | None:
    name = file.removesuffix(".rego")
    role = "test" if file.endswith(TEST_SUFFIX) else "rule"
    return (role, domain, name) if _NAME.match(name) and name not in KEYWORDS else None


def _json_role(domain: str, file: str) -> tuple[str, str, str] | None:
    name = file.removesuffix(".json")
    return ("params", domain, name) if file.endswith(".json") and _NAME.match(name) else None


def _refused(name: str, message: str, remedy: str) -> Finding:
    return FindingCode.POLICY_RULE_INVALID.at(Place(name), message, remedy=remedy)
