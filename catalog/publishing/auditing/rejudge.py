"""Judges served versions again, and evaluates of each only what can have changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from catalog.domain.errors import CatalogError, PolicyUndefined
from catalog.domain.event import EventType
from catalog.domain.finding import Level
from catalog.policy.audited import Audited
from catalog.policy.bundle import Bundle
from catalog.policy.change import only, timed_rules
from catalog.policy.decide import decision_of
from catalog.policy.decision import Decision, EnforcementPoint, Verdict, Violation
from catalog.policy.judgement import Judgement, judgement_of, level_of
from catalog.policy.many import evaluate_many
from catalog.policy.mesh import MeshFacts
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import view_of
from catalog.policy.waiver import Waiver
from catalog.policy.written import WrittenView
from catalog.publishing.auditing.served_subjects import Subject

# The ids of the rules in which another revision differs from the one that judges; None where it is not known.
Changed = Callable[[str], frozenset[str] | None]

_TIMES: Final = ("now", "today")
_DECIDED: Final = (EventType.DEMOTED, EventType.REINSTATED)


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What became of one version; `event` and `decision` are set where there is something to tell."""

    subject: Subject
    after: Audited
    owner: str
    evaluated: int
    event: EventType | None = None
    decision: Decision | None = None

    @property
    def changed(self) -> bool:
        """Whether there is something to store."""
        return self.after != self.subject.version.audited


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the rules found in one view, and what it comes to; `evaluated` rules were asked for it."""

    subject: Subject
    view: WrittenView
    violations: Sequence[Violation]
    found: Judgement | CatalogError
    evaluated: int


@dataclass(frozen=True, slots=True)
class Rejudging:
    """One audit: the rules that judge, the mesh as it is, and the instant; `stored` are the store's waivers."""

    bundle: Bundle
    engine: PolicyEngine
    facts: MeshFacts
    now: datetime
    changed: Changed
    deadline_seconds: float
    everything: bool = False
    stored: tuple[Waiver, ...] = ()
    timed: frozenset[str] = field(init=False)
    rules: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Know the rules by id, and those that look at the time."""
        object.__setattr__(self, "timed", frozenset(timed_rules(self.bundle)))
        object.__setattr__(self, "rules", frozenset(rule.id for rule in self.bundle.rules))

    def of(self, subjects: Sequence[Subject]) -> list[Rejudged]:
        """Each of them, in order."""
        return [self._rejudged(one) for one in self._answers(subjects, self.views(subjects))]

    def decisions(self, subjects: Sequence[Subject], views: Sequence[WrittenView]) -> list[Decision]:
        """What each comes to, in order; `views` are theirs."""
        return [self._decision(one) for one in self._answers(subjects, views)]

    def views(self, subjects: Iterable[Subject]) -> list[WrittenView]:
        """What policy is shown of each."""
        return [self._view(one) for one in subjects]

    def _answers(self, subjects: Sequence[Subject], views: Sequence[WrittenView]) -> list[_Answer]:
        """In order; those that need the same rules share questions to the engine."""
        groups: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for number, (subject, view) in enumerate(zip(subjects, views, strict=True)):
            groups[self._needed(subject.version.audited, view.without(_TIMES).digest)].append(number)
        found: dict[int, _Answer] = {}
        for needed, numbers in groups.items():
            asked = self.bundle if needed >= self.rules else only(self.bundle, needed)
            answers = evaluate_many(
                (views[number] for number in numbers),
                asked,
                self.engine,
                deadline_seconds=self.deadline_seconds,
            )
            for number, answer in zip(numbers, answers, strict=True):
                found[number] = self._answer(subjects[number], views[number], answer, needed)
        return [found[number] for number in range(len(subjects))]

    def _view(self, subject: Subject) -> WrittenView:
        return WrittenView(
            view_of(
                subject.draft,
                EnforcementPoint.AUDIT,
                now=self.now,
                mesh=self.facts,
                previous=subject.previous,
            )
        )

    def _needed(self, before: Audited | None, view_digest: str) -> frozenset[str]:
        """Ids of the rules whose answer may be another than the one that is known."""
        changed = self.changed(before.revision) if before else None
        if (
            self.everything
            or before is None
            or changed is None
            or before.undecided
            or before.view_digest != view_digest
        ):
            return self.rules
        timed = self.timed if before.day != self._day() else frozenset[str]()
        return (changed | timed) & self.rules

    def _day(self) -> str:
        return self.now.astimezone(UTC).date().isoformat()

    def _answer(
        self,
        subject: Subject,
        view: WrittenView,
        answer: Sequence[Violation] | CatalogError,
        needed: frozenset[str],
    ) -> _Answer:
        """With what is known of the rules that were not asked."""
        before = subject.version.audited
        known = before.violations if before else ()
        kept = [one for one in known if one.id in self.rules - needed]
        if isinstance(answer, CatalogError):
            return _Answer(subject, view, kept, answer, len(needed))
        kept += answer
        return _Answer(subject, view, kept, self._judgement(subject, view, kept), len(needed))

    def _rejudged(self, one: _Answer) -> Rejudged:
        subject, view, owner = one.subject, one.view, one.view["asset"]["owner"]
        if isinstance(one.found, CatalogError):
            return self._undecided(one, owner)
        after = self._after(subject.version.audited, view, one.violations, one.found)
        event = _event(subject, after)
        decision = self._decision(one) if event in _DECIDED else None
        if decision is not None:
            after = replace(after, decision_id=decision.decision_id, since=self.now)
        return Rejudged(subject, after, owner, one.evaluated, event, decision)

    def _judgement(
        self, subject: Subject, view: WrittenView, violations: Sequence[Violation]
    ) -> Judgement | CatalogError:
        try:
            return judgement_of(
                view,
                violations,
                bundle=self.bundle.beside(self._waivers(subject)),
                now=self.now,
                published_at=subject.first_published_at,
            )
        except PolicyUndefined as error:
            return error

    def _after(
        self,
        before: Audited | None,
        view: WrittenView,
        violations: Sequence[Violation],
        found: Judgement,
    ) -> Audited:
        levels = {one.id: level_of(found.rules[one.id], EnforcementPoint.AUDIT) for one in found.counting}
        denied, warned = (
            tuple(sorted(id_ for id_, level in levels.items() if level is wanted))
            for wanted in (Level.ERROR, Level.WARNING)
        )
        return Audited(
            found.verdict,
            self.bundle.revision,
            self._day() if before is None or self.timed else before.day,
            view.without(_TIMES).digest,
            tuple(sorted(violations)),
            denied,
            warned,
            before.decision_id if before else "",
            before.since if before else None,
        )

    def _undecided(self, one: _Answer, owner: str) -> Rejudged:
        """Nothing changes; the first time in a row it is told, with a decision that says why."""
        subject, before = one.subject, one.subject.version.audited
        if before is not None and before.undecided:
            return Rejudged(subject, before, owner, one.evaluated)
        after = replace(before or Audited(Verdict.ALLOW, "", "", "", warned=_warned(subject)), undecided=True)
        decision = self._decision(one)
        return Rejudged(subject, after, owner, one.evaluated, EventType.AUDIT_UNDECIDED, decision)

    def _decision(self, one: _Answer) -> Decision:
        decision = decision_of(
            one.subject.draft,
            one.view,
            one.found,
            self.bundle,
            self.engine.version,
            now=self.now,
            published_at=one.subject.first_published_at,
        )
        return replace(decision, waivers=self._waivers(one.subject))

    def _waivers(self, subject: Subject) -> tuple[Waiver, ...]:
        asset = str(subject.version.key)
        return tuple(one for one in self.stored if one.asset == asset)


def _event(subject: Subject, after: Audited) -> EventType | None:
    """What is told: a verdict that changed or has another reason, else a rule that newly warns."""
    before = subject.version.audited
    denied = set(before.denied) if before is not None and before.demoted else None
    if after.demoted and (denied is None or not set(after.denied) <= denied):
        return EventType.DEMOTED
    if denied is not None and not after.demoted:
        return EventType.REINSTATED
    return None if set(after.warned) <= set(_warned(subject)) else EventType.AUDIT_WARNED


def _warned(subject: Subject) -> tuple[str, ...]:
    """What was shown before: by the last audit, or when the version was published."""
    audited = subject.version.audited
    if audited is not None:
        return audited.warned
    policy = subject.version.record.get("payload", {}).get("policy", {})
    return tuple(found.partition(" ")[2] for found in policy.get("findings", ()))
