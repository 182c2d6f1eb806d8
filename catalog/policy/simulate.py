"""What another bundle would do to assets, before it does: who newly fails, who newly passes, who is demoted.

Rules are independent of each other, so only those that changed are evaluated, with both bundles. What did not
change is asked only of the assets that a changed rule newly blocks: an asset that is blocked today already
cannot be demoted.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.domain.draft import Draft
from catalog.policy.bundle import Bundle
from catalog.policy.change import changed_rules, only
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.policy.mesh import MeshFacts
from catalog.policy.ports import PolicyEngine


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
