"""What the rules say about a view: the part of a decision that its record can repeat."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from catalog.domain.errors import PolicyUndefined
from catalog.domain.finding import Finding, Level
from catalog.domain.identity import AssetKind
from catalog.manifests.digest import canonical_json, digest_of
from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import Enforcement, EnforcementPoint, Verdict, Violation
from catalog.policy.federation import rules_for
from catalog.policy.grace import in_grace
from catalog.policy.ports import PolicyEngine
from catalog.policy.projection import shown
from catalog.policy.waiver import Waiver
from catalog.policy.waiving import apply_waivers


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rules as they hold for the view, the violations that count, those waived, and notes on waivers.

    `digest` covers verdict, violations and waivers; notes are for people and are not part of it.
    """

    verdict: Verdict
    rules: Mapping[str, Rule] = field(default_factory=dict)
    counting: tuple[Violation, ...] = ()
    waived: tuple[tuple[Violation, Waiver], ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """The result in one line; empty where no decision came about."""
        if self.verdict is Verdict.ERROR:
            return ""
        return digest_of(
            {
                "verdict": self.verdict.value,
                "violations": [[one.id, one.path, one.args] for one in self.counting],
                "waived": [[one.id, one.path, one.args, waiver.id] for one, waiver in self.waived],
            }
        )


UNDECIDED: Final = Judgement(Verdict.ERROR)


def judge_view(
    view: Mapping[str, Any],
    *,
    bundle: Bundle,
    engine: PolicyEngine,
    now: datetime,
    published_at: datetime | None,
    deadline_seconds: float,
) -> Judgement:
    """The judgement; the same view, bundle and times always give the same one.

    Raises `PolicyUnavailable` or `BundleInvalid` where the engine gives no answer that can be trusted.
    """
    answers = engine.evaluate(bundle, [shown(bundle, view)], deadline_seconds=deadline_seconds)
    if len(answers) != 1:
        raise PolicyUndefined(f"the policy engine gave {len(answers)} answers to one question")
    return judgement_of(view, answers[0], bundle=bundle, now=now, published_at=published_at)


def judgement_of(
    view: Mapping[str, Any],
    violations: Sequence[Violation],
    *,
    bundle: Bundle,
    now: datetime,
    published_at: datetime | None,
) -> Judgement:
    """What these violations of the view come to by the bundle's rules and waivers.

    Raises `PolicyUndefined` for a violation of a rule that does not judge the view.
    """
    point = EnforcementPoint(view["point"])
    rules = {
        rule.id: in_grace(rule, point, now, published_at) if rule.grace_until else rule
        for rule in rules_for(bundle, view["domain"], AssetKind(view["kind"]))
    }
    asset = view["asset"]
    found = apply_waivers(
        _distinct(rules, violations), bundle.waivers, asset=asset["key"], owner=asset["owner"], now=now
    )
    blocks = any(level_of(rules[one.id], point) is Level.ERROR for one in found.counting)
    verdict = Verdict.DENY if blocks or any(one.blocks for one in found.findings) else Verdict.ALLOW
    return Judgement(verdict, rules, found.counting, found.waived, found.findings)


def _distinct(rules: Mapping[str, Rule], violations: Sequence[Violation]) -> list[Violation]:
    """Each violation once, by rule, path and arguments."""
    unknown = sorted({one.id for one in violations}.difference(rules))
    if unknown:
        raise PolicyUndefined(
            f"the policy engine names {', '.join(unknown)}, which does not judge this asset"
        )
    placed: dict[tuple[str, str], list[Violation]] = {}
    for one in violations:
        placed.setdefault((one.id, one.path), []).append(one)
    return [one for place in sorted(placed) for one in _different(placed[place])]


def _different(violations: Sequence[Violation]) -> Iterable[Violation]:
    """The last of those with the same arguments, by arguments."""
    if len(violations) == 1:
        return violations
    found = {canonical_json(one.args): one for one in violations}
    return (found[args] for args in sorted(found))


def level_of(rule: Rule, point: EnforcementPoint) -> Level | None:
    """How a violation shows at a point: `deny` blocks whatever the severity, `off` does not show."""
    match rule.enforcement[point]:
        case Enforcement.DENY:
            return Level.ERROR
        case Enforcement.WARN:
            return Level.INFO if rule.severity is Level.INFO else Level.WARNING
    return None
