"""What another bundle would do to assets, before it does: who newly fails, who newly passes, who is demoted.

Rules are independent of each other, so only those that changed are evaluated, with both bundles. What did not
change is asked only of the assets that a changed rule newly blocks: an asset that is blocked today already
cannot be demoted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from catalog.domain.draft import Draft
from catalog.domain.finding import NOWHERE
from catalog.manifests.digest import digest_of
from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.policy.mesh import MeshFacts
from catalog.policy.ports import PolicyEngine

_PARAMETERS: Final = re.compile(r"data\.(?:org|domains\.\w+)\.params\.\w+")


@dataclass(frozen=True, slots=True)
class RuleImpact:
    """Keys of assets, sorted, by what becomes of them under one rule; `newly_blocked` may have been shown before."""

    rule: str
    newly_failing: tuple[str, ...]
    newly_passing: tuple[str, ...]
    still_failing: tuple[str, ...]
    newly_blocked: tuple[str, ...]
    waived: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The difference that a bundle makes; `demoted` passed as a whole and would be blocked.

    `errors` got no decision from one of the bundles. `domains` counts newly failing assets.
    """

    against: str
    bundle: str
    assets: int
    changed: tuple[str, ...]
    rules: tuple[RuleImpact, ...]
    domains: Mapping[str, int]
    demoted: tuple[str, ...]
    errors: tuple[str, ...]


Judge = Callable[[Bundle, Draft], Decision]


def simulate(
    drafts: Sequence[Draft],
    against: Bundle,
    bundle: Bundle,
    *,
    engine: PolicyEngine,
    now: datetime,
    mesh: MeshFacts,
    point: EnforcementPoint = EnforcementPoint.PUBLISH,
    deadline_seconds: float = 5.0,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Judge each draft with both bundles and compare; `progress` is told decisions done and due."""

    def judge(by: Bundle, draft: Draft) -> Decision:
        return decide(
            draft, point, bundle=by, engine=engine, now=now, mesh=mesh, deadline_seconds=deadline_seconds
        )

    changed = changed_rules(against, bundle)
    decisions: list[dict[str, Decision]] = [{}, {}]
    for at, by in enumerate((only(against, changed), only(bundle, changed))):
        for number, draft in enumerate(drafts if changed else ()):
            decisions[at][str(draft.key)] = judge(by, draft)
            if progress:
                progress(at * len(drafts) + number + 1, 2 * len(drafts))
    before, after = decisions
    errors = {key for one in decisions for key, found in one.items() if found.verdict is Verdict.ERROR}
    blocked = [
        draft
        for draft in drafts
        if (key := str(draft.key)) in after and before[key].allows and after[key].verdict is Verdict.DENY
    ]
    rest = only(against, {rule.id for rule in against.rules} - changed)
    impacts = tuple(_impact(rule_id, before, after, errors) for rule_id in sorted(changed))
    failing = {key for one in impacts for key in one.newly_failing}
    return Simulation(
        against.revision,
        bundle.revision,
        len(drafts),
        tuple(sorted(changed)),
        impacts,
        dict(sorted(Counter(one.key.domain for one in drafts if str(one.key) in failing).items())),
        tuple(sorted(str(one.key) for one in blocked if judge(rest, one).allows)),
        tuple(sorted(errors)),
    )


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


def _impact(
    rule_id: str, before: Mapping[str, Decision], after: Mapping[str, Decision], errors: set[str]
) -> RuleImpact:
    old, new = _failing(rule_id, before) - errors, _failing(rule_id, after) - errors
    blocks = _failing(rule_id, after, blocking=True) - _failing(rule_id, before, blocking=True) - errors
    waived = {key for key, one in after.items() if any(w.finding.code == rule_id for w in one.waived)}
    return RuleImpact(
        rule_id,
        tuple(sorted(new - old)),
        tuple(sorted(old - new)),
        tuple(sorted(new & old)),
        tuple(sorted(blocks)),
        tuple(sorted(waived)),
    )


def _failing(rule_id: str, decisions: Mapping[str, Decision], *, blocking: bool = False) -> set[str]:
    return {
        key
        for key, one in decisions.items()
        if any(found.code == rule_id and (found.blocks or not blocking) for found in one.findings)
    }
