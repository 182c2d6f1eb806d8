"""What the rules say about a view: the part of a decision that its record can repeat."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from catalog.domain.errors import PolicyUndefined
from catalog.domain.finding import Finding, Level
from catalog.manifests.digest import digest_of
from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import Enforcement, EnforcementPoint, Verdict, Violation
from catalog.policy.grace import rules_now
from catalog.policy.ports import PolicyEngine
from catalog.policy.projection import shown
from catalog.policy.reported import Reported, reported
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
    found, rules = reported(violations), rules_now(bundle, view, now, published_at)
    asset = view["asset"]
    is_waived = any(one.asset == asset["key"] for one in bundle.waivers)
    known = found.judged.get(view["point"])
    # While no waiver names the asset, rules and point settle the rest; with a grace rules are never the same ones.
    if isinstance(known, Judgement) and known.rules is rules and not is_waived:
        return known
    judgement = _judged(found, rules, view, bundle.waivers, now)
    if not is_waived:
        found.judged[view["point"]] = judgement
    return judgement


def _judged(
    found: Reported,
    rules: Mapping[str, Rule],
    view: Mapping[str, Any],
    waivers: Iterable[Waiver],
    now: datetime,
) -> Judgement:
    point, asset = EnforcementPoint(view["point"]), view["asset"]
    if not rules.keys() >= found.rules:
        unknown = ", ".join(sorted(found.rules.difference(rules)))
        raise PolicyUndefined(f"the policy engine names {unknown}, which does not judge this asset")
    left = apply_waivers(found, waivers, asset=asset["key"], owner=asset["owner"], now=now)
    blocks = any(level_of(rules[one], point) is Level.ERROR for one in left.counting.rules)
    verdict = Verdict.DENY if blocks or any(one.blocks for one in left.findings) else Verdict.ALLOW
    return Judgement(verdict, rules, left.counting, left.waived, left.findings)


def level_of(rule: Rule, point: EnforcementPoint) -> Level | None:
    """How a violation shows at a point: `deny` blocks whatever the severity, `off` does not show."""
    match rule.enforcement[point]:
        case Enforcement.DENY:
            return Level.ERROR
        case Enforcement.WARN:
            return Level.INFO if rule.severity is Level.INFO else Level.WARNING
    return None
