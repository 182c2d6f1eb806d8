"""What another bundle would do to assets, before it does: who newly fails, who newly passes, who is demoted.

Rules are independent of each other, so only those that changed are evaluated, with both bundles, over the parts
of the views that they read. What did not change is asked only of the assets that a changed rule newly blocks: an
asset that is blocked today already cannot be demoted.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from catalog.domain.draft import Draft
from catalog.domain.errors import CatalogError, PolicyUndefined
from catalog.domain.finding import Level
from catalog.policy.blame import failing_alone, named_in
from catalog.policy.bundle import Bundle
from catalog.policy.change import changed_rules, only
from catalog.policy.decision import EnforcementPoint, Verdict, Violation
from catalog.policy.grace import NOT_KNOWN
from catalog.policy.judgement import judgement_of, level_of
from catalog.policy.many import evaluate_many
from catalog.policy.mesh import MeshFacts
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import view_of
from catalog.policy.waiver import Waiver
from catalog.policy.written import WrittenView

_AT_ONCE: Final = 128
_APART: Final = 4  # cases whose rules are asked one by one, to find the one that gives no answer


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is judged by both bundles: a view under a name, and the times that a decision looks at.

    `waivers` are those of the store that hold for it, by either bundle.
    """

    name: str
    view: Mapping[str, Any]
    now: datetime
    published_at: datetime | None = None
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleImpact:
    """Names of cases, sorted, by what becomes of them under one rule; `newly_blocked` may have been shown before.

    `errors` got no decision because this rule gave no answer, by either bundle.
    """

    rule: str
    newly_failing: tuple[str, ...]
    newly_passing: tuple[str, ...]
    still_failing: tuple[str, ...]
    newly_blocked: tuple[str, ...]
    waived: tuple[str, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The difference that a bundle makes; `demoted` passed as a whole and would be blocked.

    `errors` got no decision from one of the bundles: those of the rules, and those that no rule can be blamed for,
    as when the engine is away. `domains` and `owners` count what newly fails.
    """

    against: str
    bundle: str
    assets: int
    changed: tuple[str, ...]
    rules: tuple[RuleImpact, ...]
    domains: Mapping[str, int]
    owners: Mapping[str, int]
    demoted: tuple[str, ...]
    errors: tuple[str, ...]


def cases_of(
    drafts: Sequence[Draft],
    *,
    now: datetime,
    mesh: MeshFacts,
    point: EnforcementPoint = EnforcementPoint.PUBLISH,
) -> Iterator[Case]:
    """A case for each draft, by its key; made one by one, as they are needed.

    At `ci` they count as published long ago, as where CI is given nothing of the store; elsewhere as never.
    """
    published_at = NOT_KNOWN if point is EnforcementPoint.CI else None
    views = (WrittenView(view_of(one, point, now=now, mesh=mesh)) for one in drafts)
    return (Case(str(one.key), view, now, published_at) for one, view in zip(drafts, views, strict=True))


def simulate(
    cases: Iterable[Case],
    against: Bundle,
    bundle: Bundle,
    *,
    engine: PolicyEngine,
    deadline_seconds: float = 5.0,
    progress: Callable[[int], object] | None = None,
) -> Simulation:
    """Judge each case with both bundles and compare; `progress` is told how many are done."""
    changed = changed_rules(against, bundle)
    trial = _Trial(against, bundle, frozenset(changed), engine, deadline_seconds)
    waiting, number = iter(cases), 0
    while some := tuple(islice(waiting, _AT_ONCE)):
        if changed:
            trial.try_on(some)
        number += len(some)
        if progress is not None:
            progress(number)
    return trial.simulation(number)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Ids of rules by what they come to for one case."""

    failing: frozenset[str] = frozenset()
    blocking: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()
    denied: bool = False


_NOTHING: Final = _Outcome()


@dataclass(slots=True)
class _Trial:
    """Two bundles, and what was found so far."""

    against: Bundle
    bundle: Bundle
    changed: frozenset[str]
    engine: PolicyEngine
    deadline_seconds: float
    names: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    domains: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    demoted: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    failed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    apart: int = 0
    before: Bundle = field(init=False)
    after: Bundle = field(init=False)
    rest: Bundle = field(init=False)

    def __post_init__(self) -> None:
        """Cut the bundles down to what changed, and to what did not."""
        self.before, self.after = only(self.against, self.changed), only(self.bundle, self.changed)
        self.rest = only(self.against, {rule.id for rule in self.against.rules} - self.changed)

    def try_on(self, cases: Sequence[Case]) -> None:
        """Judge the cases with what changed, and note the differences."""
        before, after = (self._outcomes(cases, by) for by in (self.before, self.after))
        blocked = []
        for case, old, new in zip(cases, before, after, strict=True):
            if old is None or new is None:
                self.errors.append(case.name)
                continue
            self._note(case, old, new)
            if new.denied and not old.denied:
                blocked.append(case)
        for case, other in zip(blocked, self._outcomes(blocked, self.rest), strict=True):
            if other is None:
                self.errors.append(case.name)
            elif not other.denied:
                self.demoted.append(case.name)

    def simulation(self, number: int) -> Simulation:
        """What was found, sorted."""

        def impact(rule: str) -> RuleImpact:
            groups = (self.names[rule, group] for group in _GROUPS)
            return RuleImpact(rule, *(tuple(sorted(names)) for names in (*groups, self.failed[rule])))

        return Simulation(
            self.against.revision,
            self.bundle.revision,
            number,
            tuple(sorted(self.changed)),
            tuple(impact(rule) for rule in sorted(self.changed)),
            dict(sorted(self.domains.items())),
            dict(sorted(self.owners.items())),
            tuple(sorted(self.demoted)),
            tuple(sorted(self.errors)),
        )

    def _outcomes(self, cases: Sequence[Case], bundle: Bundle) -> list[_Outcome | None]:
        """What each case comes to; None where no decision came about."""
        views = (case.view for case in cases)
        answers = evaluate_many(views, bundle, self.engine, deadline_seconds=self.deadline_seconds)
        return [self._outcome(case, bundle, answer) for case, answer in zip(cases, answers, strict=True)]

    def _outcome(
        self, case: Case, bundle: Bundle, answer: Sequence[Violation] | CatalogError
    ) -> _Outcome | None:
        """What the answer comes to; None, with the rules to blame noted, where that is no decision."""
        if not isinstance(answer, CatalogError):
            try:
                return _outcome(case, bundle, answer)
            except PolicyUndefined as error:
                answer = error
        for rule in named_in(answer, bundle) or self._failing_alone(case, bundle):
            self.failed[rule].add(case.name)
        return None

    def _failing_alone(self, case: Case, bundle: Bundle) -> frozenset[str]:
        """Asks rules one by one, for a few cases only: each may take as long as the deadline."""
        self.apart += 1
        if self.apart > _APART:
            return frozenset()
        return failing_alone(case.view, bundle, self.engine, deadline_seconds=self.deadline_seconds)

    def _note(self, case: Case, old: _Outcome, new: _Outcome) -> None:
        if old is _NOTHING and new is _NOTHING:
            return
        groups = (
            new.failing - old.failing,
            old.failing - new.failing,
            new.failing & old.failing,
            new.blocking - old.blocking,
            new.waived,
        )
        for group, rules in zip(_GROUPS, groups, strict=True):
            for rule in rules:
                self.names[rule, group].append(case.name)
        if groups[0]:
            self.domains[case.view["domain"]] += 1
            self.owners[case.view["asset"]["owner"]] += 1


_GROUPS: Final = ("newly_failing", "newly_passing", "still_failing", "newly_blocked", "waived")


def _outcome(case: Case, bundle: Bundle, violations: Sequence[Violation]) -> _Outcome:
    if not violations:
        return _NOTHING
    found = judgement_of(
        case.view,
        violations,
        bundle=bundle.beside(case.waivers),
        now=case.now,
        published_at=case.published_at,
    )
    point = EnforcementPoint(case.view["point"])
    levels = {one.id: level_of(found.rules[one.id], point) for one in found.counting}
    return _Outcome(
        frozenset(rule for rule, level in levels.items() if level is not None),
        frozenset(rule for rule, level in levels.items() if level is Level.ERROR),
        frozenset(one.id for one, _ in found.waived),
        found.verdict is Verdict.DENY,
    )
