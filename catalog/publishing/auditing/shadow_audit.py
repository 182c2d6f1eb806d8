"""The audit once more with the bundle in shadow: told and kept, without any effect on what is served.

It comes after the audit itself, so that no version waits for it. Of a rule that the two bundles share, what the
audit found is not asked again. A decision is kept where the shadow says something else of a version than it was
last known to say; one that was never kept says that it agrees.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, Self

from catalog.access.actor import Actor
from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import Conflict
from catalog.domain.identity import AssetKey
from catalog.policy.bundle import Bundle
from catalog.policy.change import changed_rules
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.policy.shadowed import SHADOW_AUDITED, Shadowed, ShadowTally
from catalog.publishing.auditing.rejudge import Rejudged, Rejudging
from catalog.publishing.auditing.served_subjects import Subject
from catalog.publishing.auditing.turn import keep_turn
from catalog.publishing.bundles.shadow import shadow_of, tell
from catalog.publishing.ports import Gate
from catalog.registry.ports import UnitOfWork

_AT_ONCE: Final = 32  # as many as the engine is asked at once
_SILENT: Final = 32  # versions without an answer, each of which may have taken as long as the deadline
_Content = tuple[AssetKey, str]


@dataclass(frozen=True, slots=True)
class ShadowAudit:
    """`differing` are the versions that the shadow judges otherwise, `told` those among all where that is new.

    `stopped` says that it is to be repeated; a shadow that gave no answer is not.
    """

    revision: str
    tally: ShadowTally
    differing: tuple[Shadowed, ...] = ()
    told: tuple[Shadowed, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Auditor:
    """Who audits, where, and by which turn."""

    actor: Actor
    gate: Gate
    holder: str


def audit_beside(
    found: Sequence[Rejudged],
    rejudging: Rejudging,
    shadow: Bundle,
    auditor: Auditor,
    *,
    progress: Callable[[int, int], object] = lambda *_: None,
    cancellation: Cancellation | None = None,
) -> ShadowAudit:
    """Hold the shadow against what the audit found; of a version without a decision there is nothing to say.

    Never raises for trouble of the shadow. Once it gave no answer about 32 versions it is not asked again.
    """
    trial = _Trial.of(rejudging, shadow, auditor)
    subjects = [_judged(one) for one in found if not one.after.undecided]
    asked = silent = 0
    try:
        while asked < len(subjects) and silent < _SILENT and not (cancellation and cancellation.is_cancelled):
            silent += trial.try_on(subjects[asked : asked + _AT_ONCE])
            asked = min(asked + _AT_ONCE, len(subjects))
            progress(asked, len(subjects))
        finished, differing = asked == len(subjects), trial.differing(subjects[:asked])
        tally = ShadowTally.of(differing, asked, finished=finished)
        trial.tell(tally)
    except Conflict:  # another audit took over, and does this as well
        return ShadowAudit(shadow.revision, ShadowTally(), told=tuple(trial.told), stopped=True)
    stopped = silent < _SILENT and not finished
    return ShadowAudit(shadow.revision, tally, differing, tuple(trial.told), stopped)


def _judged(one: Rejudged) -> Subject:
    """The version as the audit left it: what its rules found is known."""
    return replace(one.subject, version=replace(one.subject.version, audited=one.after))


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is in force and the shadow beside each other; `last` is what is known of a content, `told` what is new."""

    known: Rejudging
    shadow: Rejudging
    auditor: Auditor
    last: dict[_Content, Shadowed]
    told: list[Shadowed] = field(default_factory=list)

    @classmethod
    def of(cls, rejudging: Rejudging, shadow: Bundle, auditor: Auditor) -> Self:
        """Only the rules in which the two differ are asked."""
        changed = frozenset(changed_rules(rejudging.bundle, shadow))
        beside = replace(rejudging, bundle=shadow, changed=lambda _: changed)
        with auditor.gate.open_unit(auditor.actor, read_only=True) as unit:
            kept = unit.policies.shadowed(shadow.revision, EnforcementPoint.AUDIT)
        last = {(one.key, one.digest): one for one in kept}
        return cls(replace(rejudging, everything=False), beside, auditor, last)

    def try_on(self, subjects: Sequence[Subject]) -> int:
        """Keep what is new about them; of how many the shadow gave no answer."""
        views = self.known.views(subjects)
        decisions, would = (by.decisions(subjects, views) for by in (self.known, self.shadow))
        news = [
            (decision, one)
            for subject, *pair in zip(subjects, decisions, would, strict=True)
            for decision, one in [_held(subject, *pair)]
            if self._is_new(one)
        ]
        self._keep(news)
        self.told.extend(one for _, one in news)
        self.last.update({(one.key, one.digest): one for _, one in news})
        return sum(one.verdict is Verdict.ERROR for one in would)

    def differing(self, subjects: Sequence[Subject]) -> tuple[Shadowed, ...]:
        """Those of which the shadow says something else."""
        known = (self.last.get((one.version.key, one.version.digest)) for one in subjects)
        return tuple(one for one in known if one is not None and one.differs)

    def tell(self, tally: ShadowTally) -> None:
        """Write into the audit chain what it came to, as every audit does that has a shadow."""
        with self._turn() as unit:
            unit.record(SHADOW_AUDITED, self._target, tally.plain)
            unit.commit()

    def _is_new(self, one: Shadowed) -> bool:
        before = self.last.get((one.key, one.digest))
        return one.differs if before is None else (before.verdict, before.shadow) != (one.verdict, one.shadow)

    def _keep(self, news: Sequence[tuple[Decision, Shadowed]]) -> None:
        with self._turn() as unit:
            if news:
                unit.keep(self.auditor.gate.policies.source(self.known.bundle.revision))
                unit.record("catalog.policy.shadow_kept", self._target, {"versions": len(news)})
            for decision, one in news:
                tell(decision, one.shadow, one.key)
                unit.add_decision(one.key, one.digest, replace(decision, shadow=one.shadow))
            unit.commit()

    @contextmanager
    def _turn(self) -> Iterator[UnitOfWork]:
        """A unit within the audit's turn; raises `Conflict` where another took over."""
        with self.auditor.gate.open_unit(self.auditor.actor) as unit:
            unit.hold()
            keep_turn(unit, self.auditor.holder, self.auditor.gate)
            yield unit

    @property
    def _target(self) -> str:
        return f"policy:{self.shadow.bundle.revision}"


def _held(subject: Subject, decision: Decision, would: Decision) -> tuple[Decision, Shadowed]:
    version = subject.version
    return decision, Shadowed(
        decision.decision_id,
        version.key,
        version.digest,
        version.version,
        EnforcementPoint.AUDIT,
        decision.decided_at,
        decision.verdict,
        shadow_of(decision, would),
    )
