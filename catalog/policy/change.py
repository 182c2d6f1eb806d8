"""What differs between two bundles, rule by rule, and a bundle cut down to some of its rules.

Rules do not see each other, so what did not change needs no second evaluation.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from catalog.domain.finding import NOWHERE
from catalog.manifests.digest import digest_of
from catalog.policy.bundle import Bundle, Rule

_PARAMETERS: Final = re.compile(r"data\.(?:org|domains\.\w+)\.params\.\w+")
_TIME: Final = re.compile(r"\binput\.(?:now|today)\b|\binput\b(?!\.)")


def changed_rules(one: Bundle, other: Bundle) -> set[str]:
    """Ids of rules that are in one bundle only, or whose text, parameters, strictness or waivers differ."""
    before, after = _fingerprints(one), _fingerprints(other)
    return {rule_id for rule_id in before.keys() | after.keys() if before.get(rule_id) != after.get(rule_id)}


def only(bundle: Bundle, rule_ids: Iterable[str]) -> Bundle:
    """The bundle with these of its rules and what belongs to them; its revision is its own."""
    wanted = set(rule_ids)
    rules = tuple(rule for rule in bundle.rules if rule.id in wanted)
    paths = {rule.path for rule in rules}
    return replace(
        bundle,
        revision=digest_of([bundle.revision, sorted(rule.id for rule in rules)]),
        modules=tuple(module for module in bundle.modules if module.path in paths),
        rules=rules,
        tightenings=tuple(one for one in bundle.tightenings if one.rule_id in wanted),
        waivers=tuple(one for one in bundle.waivers if one.rule in wanted),
    )


def _fingerprints(bundle: Bundle) -> dict[str, tuple[Any, ...]]:
    sources = {module.path: module.source for module in bundle.modules}
    return {rule.id: _fingerprint(bundle, rule, sources[rule.path]) for rule in bundle.rules}


def _fingerprint(bundle: Bundle, rule: Rule, source: str) -> tuple[Any, ...]:
    read = sorted(set(_PARAMETERS.findall(source)))
    return (
        rule,
        source,
        [_value(bundle.data, name.split(".")[1:]) for name in read],
        [one for one in bundle.tightenings if one.rule_id == rule.id],
        _tightened(bundle, read),
        [replace(one, place=NOWHERE) for one in bundle.waivers if one.rule == rule.id],
    )


def _tightened(bundle: Bundle, read: Sequence[str]) -> list[tuple[str, str, Any]]:
    """What domains make of the parameters that are read, named as `data.org.params.<file>`."""
    return [
        (domain, name, value)
        for domain, values in sorted(bundle.parameters.items())
        for name, value in sorted(values.items())
        if f"data.org.params.{name.partition('.')[0]}" in read
    ]


def _value(data: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def timed_rules(bundle: Bundle) -> set[str]:
    """Ids of the rules whose answer may change with the time alone."""
    timed = {module.path for module in bundle.modules if _TIME.search(module.source)}
    return {rule.id for rule in bundle.rules if rule.path in timed}
