"""The portable profile: the part of Rego in which the embedded engine and OPA always agree.

Rules are read into a tree here, without an engine, so that nothing hostile is loaded to be judged; what cannot
be read is refused. Where the two engines differ: a head that is an expression loses every violation of its rule
in one engine as soon as one is undefined (PORT-001), `not` over a missing reference is undefined in the other
(PORT-002), many builtins are missing, different, or reach outside (PORT-003), a recursive function ends one
engine's process, and going through what is no list is an error in one only (PORT-004). A field that the view
does not have, or a parameter that is not there, makes a rule silent in both (PORT-005). That each rule has a
failing and a passing test (PORT-006) is seen where tests are read.

Also outside, because the engines were seen to part: `upper` (ß), `floor` and `ceil` (below 0), `semver.*` (a leading
v), `indexof` (of nothing), `count` of a text (beyond the basic plane; `count(split(text, ""))` agrees), fractions and
division, and `\\w`, `\\d`, `\\s`, `\\b` in patterns. `lower` parts for two letters, İ and a final Σ, and stays.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Module
from catalog.policy.rego.parse import KEYWORDS, parse
from catalog.policy.rego.reading import Reading
from catalog.policy.rego.tokens import NotInProfile
from catalog.policy.rego.tree import Binary, Call, Every, Node, Ref, Rule, Scalar, Some, Tree, Var, within
from catalog.policy.view_schema import view_schema

__all__ = ["BUILTINS", "KEYWORDS", "lint", "not_portable", "package_segment"]

_ALLOWED: Final = """
    abs array.concat array.slice concat contains count endswith glob.match intersection
    is_array is_boolean is_number is_object is_set is_string lower max min object.get object.keys
    regex.match replace sort split startswith strings.any_prefix_match
    strings.any_suffix_match substring sum time.parse_rfc3339_ns trim trim_prefix trim_space trim_suffix
    type_name union
"""
BUILTINS: Final = frozenset(_ALLOWED.split())
CLASSES: Final = re.compile(r"\\[bBdDsSwW]")
_TAKEN: Final = frozenset(name.partition(".")[0] for name in BUILTINS) | {"data", "input", "set"}
_REMEDIES: Final = {
    "PORT-001": "Bind the value in the body, `v := …`, and write `name contains v if`.",
    "PORT-002": 'Bind it to a variable first; `object.get(…, "name", "")` where it may be missing.',
    "PORT-003": "Write it within the profile; policies/README.md names its builtins.",
    "PORT-004": "Write it without recursion, over lists and objects only.",
    "PORT-005": 'Read what the view or a parameter has; `object.get(….custom, "name", "")` for what may be missing.',
}


def lint(module: Module, domain: str, data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Every place where a rule's module leaves the profile; only the first where it cannot be read at all.

    `domain` is empty for the organisation; `data` is the bundle's, in which every parameter must be.
    """
    try:
        tree = parse(module.source)
    except NotInProfile as fault:
        return (not_portable(module, fault),)
    segment = package_segment(domain)
    readable = (("org", "params"), *([("domains", segment, "params")] if domain else ()))
    nodes = tuple(within(tree.rules))
    found = [
        *_heads(tree),
        *_calls(tree, nodes),
        *_shadows(nodes),
        *_classes(nodes),
        *_recursion(tree),
        *Reading(tree, view_schema(), data, readable).faults(),
    ]
    places = {(fault.at, fault.rule, fault.what): fault for fault in found}
    return tuple(not_portable(module, places[key]) for key in sorted(places))


def package_segment(domain: str) -> str:
    """A domain's name as it stands in packages and below `data.domains`."""
    return domain.replace("-", "_").replace(".", "__")


def _heads(tree: Tree) -> Iterator[NotInProfile]:
    for rule in tree.rules:
        if rule.key is not None and not isinstance(rule.key, Var | Scalar):
            yield NotInProfile(rule.key.at, "a head that is no plain variable stands here", "PORT-001")
        if rule.name == "violation" and rule.key is None:
            yield NotInProfile(rule.at, "violations that are no set stand here", "PORT-001")


def _calls(tree: Tree, nodes: Sequence[Node]) -> Iterator[NotInProfile]:
    own = {rule.name for rule in tree.rules if rule.arguments}
    for one in nodes:
        if isinstance(one, Call) and one.name not in own | BUILTINS:
            yield NotInProfile(one.at, f"{one.name} is no builtin of the profile")


def _shadows(nodes: Sequence[Node]) -> Iterator[NotInProfile]:
    """Names that mean something already: the engines do not agree on whose they are."""
    for one in nodes:
        for name in _bound(one):
            if name.name in _TAKEN:
                yield NotInProfile(name.at, f"{name.name} means something else already")


def _classes(nodes: Sequence[Node]) -> Iterator[NotInProfile]:
    """Classes of letters in patterns: one engine takes them for ASCII, the other for all of Unicode."""
    for one in nodes:
        if isinstance(one, Scalar) and isinstance(one.value, str) and CLASSES.search(one.value):
            yield NotInProfile(one.at, "a class that is not the same everywhere stands in a text")


def _bound(node: object) -> Iterator[Var]:
    match node:
        case Rule(at=at, name=name, arguments=arguments):
            yield Var(at, name)
            yield from (one for one in within(arguments) if isinstance(one, Var))
        case Some(names=names) | Every(names=names):
            yield from names
        case Binary(operator=":=", left=left):
            yield from (one for one in within(left) if isinstance(one, Var))


def _recursion(tree: Tree) -> Iterator[NotInProfile]:
    """A rule or function that comes back to itself."""
    names = {rule.name for rule in tree.rules}
    uses: dict[str, set[str]] = {name: set() for name in names}
    for rule in tree.rules:
        for one in within(rule.bodies):
            used = one.base.name if isinstance(one, Ref) else getattr(one, "name", "")
            uses[rule.name] |= {used} & names
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as circle:
        path = list(reversed(circle.args[1]))
        at = next(rule.at for rule in tree.rules if rule.name == path[0])
        yield NotInProfile(at, " uses ".join(path), "PORT-004")


def not_portable(module: Module, fault: NotInProfile) -> Finding:
    """The finding at the place where the module leaves the profile."""
    line = module.source.count("\n", 0, fault.at) + 1
    column = fault.at - module.source.rfind("\n", 0, fault.at)
    place = Place(module.path, line, column)
    message = f"{fault.rule}: {fault.what}."
    return FindingCode.POLICY_NOT_PORTABLE.at(place, message, remedy=_REMEDIES[fault.rule])
