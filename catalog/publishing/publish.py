"""Publishes a draft: evaluated outside of any transaction, judged and stored inside one.

The transaction reads the store again and judges over what it finds, so nothing that changed in between goes
unseen: a changed row version is a conflict, a changed mesh asks policy again, a new or lost approval counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.access.actor import Actor
from catalog.access.decide import require, unseen
from catalog.access.permission import Permission
from catalog.domain.draft import Draft
from catalog.domain.errors import Conflict, StaleRowVersion
from catalog.domain.event import Event, EventType
from catalog.domain.lifecycle import Status
from catalog.publishing.evaluate import Evidence, decide_again, evaluate, snapshot_of
from catalog.publishing.facts import Facts, facts_of
from catalog.publishing.gate import Publication, Refusal, is_stale, judge
from catalog.publishing.idempotency import recall, remember
from catalog.publishing.outcome import (
    PublishCommand,
    PublishOutcome,
    PublishResult,
    from_answer,
    outcome_of,
    to_answer,
    unchanged,
)
from catalog.publishing.ports import Gate
from catalog.publishing.progress import Progress, Step, silent
from catalog.publishing.record import record_of
from catalog.publishing.snapshot import Snapshot
from catalog.publishing.stand import stand_anew
from catalog.registry.journal import tell
from catalog.registry.ports import PublishedVersion, UnitOfWork

__all__ = ["PublishCommand", "PublishOutcome", "PublishResult", "publish"]

_OPERATION: Final = "publish"
_DECISIONS: Final = 3


def publish(
    command: PublishCommand, actor: Actor, gate: Gate, *, progress: Progress = silent
) -> PublishOutcome:
    """Publish or refuse with every reason at once; a refusal stores what it was based on and nothing else.

    Raises `Forbidden`, `NotFound` where there is no such draft, `StaleRowVersion` when somebody else changed
    the asset, `IdempotencyMismatch`. The same idempotency key gives the stored answer.
    """
    require(actor, Permission.DOMAIN_VERSION_PUBLISH, key=command.key)
    publishing = _Publishing(command, actor, gate, progress)
    try:
        return publishing.run()
    except Conflict:
        # The same key may have won the race against itself; then its answer is this one's too.
        with gate.open_unit(actor, read_only=True) as unit:
            answer = recall(unit, _OPERATION, command)
        if answer is None:
            raise
        return from_answer(answer)


@dataclass(frozen=True, slots=True)
class _Publishing:
    """One attempt of one actor."""

    command: PublishCommand
    actor: Actor
    gate: Gate
    progress: Progress

    def run(self) -> PublishOutcome:
        """Read, evaluate, then judge and store; a dry run ends with the judgement."""
        command, gate = self.command, self.gate
        with gate.open_unit(self.actor, read_only=True) as unit:
            answer = recall(unit, _OPERATION, command)
            if answer is not None:
                return from_answer(answer)
            draft = _draft(command, unit)
            facts = facts_of(draft, unit, gate.served, self.actor.subject)
        _require_row_version(command, facts)
        self.progress(Step.DRAFT, draft)
        served = facts.serves(draft)
        if served is not None:
            return unchanged(served, draft, facts.row_version, dry_run=command.dry_run)
        evidence = evaluate(draft, facts, gate, progress=self.progress)
        snapshot = snapshot_of(draft, facts, evidence, gate)
        self.progress(Step.COMPATIBILITY, snapshot.compatibility)
        self.progress(Step.SIGN_OFFS, snapshot.sign_offs)
        if command.dry_run:
            return outcome_of(snapshot, self._judge(snapshot), facts.row_version, dry_run=True)
        return self._store(draft, facts, evidence)

    def _store(self, draft: Draft, facts: Facts, evidence: Evidence) -> PublishOutcome:
        """Judge and store in one transaction, asking policy again while the mesh moves under it."""
        for _ in range(_DECISIONS):
            now, outcome = self._store_once(draft, facts, evidence)
            if outcome is not None:
                return outcome
            evidence = decide_again(draft, now, self.gate, evidence)
            self.progress(Step.POLICY, evidence.decision)
        raise Conflict(f"The mesh around {draft.key} changes too fast to be judged.")

    def _store_once(
        self, draft: Draft, facts: Facts, evidence: Evidence
    ) -> tuple[Facts, PublishOutcome | None]:
        """The outcome, or None where the decision no longer fits the mesh; then nothing is stored."""
        with self.gate.open_unit(self.actor) as unit:
            unit.hold()
            answer = recall(unit, _OPERATION, self.command)
            if answer is not None:
                return facts, from_answer(answer)
            now = facts_of(draft, unit, self.gate.served, self.actor.subject)
            if now.row_version != facts.row_version:
                raise StaleRowVersion(
                    f"{draft.key} is at row version {now.row_version}; {facts.row_version} was judged."
                )
            snapshot = snapshot_of(draft, now, evidence, self.gate)
            if is_stale(snapshot):
                return now, None
            outcome = _write(snapshot, self._judge(snapshot), unit, self.actor, self.gate)
            remember(unit, _OPERATION, self.command, to_answer(outcome))
            unit.commit()
        self.progress(Step.STORED, outcome)
        return now, outcome

    def _judge(self, snapshot: Snapshot) -> Publication | Refusal:
        judgement = judge(snapshot)
        self.progress(Step.JUDGEMENT, judgement)
        return judgement


def _write(
    snapshot: Snapshot, judgement: Publication | Refusal, unit: UnitOfWork, actor: Actor, gate: Gate
) -> PublishOutcome:
    draft, decision = snapshot.draft, snapshot.decision
    unit.keep(gate.policies.source(decision.bundle_revision))
    unit.add_decision(draft.key, draft.digest, decision)
    if snapshot.quality is not None:
        unit.add_quality_run(draft.key, draft.digest, snapshot.quality)
    detail = {"digest": draft.digest, "decision_id": decision.decision_id, "by": actor.subject}
    if isinstance(judgement, Refusal):
        codes = sorted({one.code for one in judgement.findings if one.blocks})
        tell(unit, Event(EventType.REFUSED, draft.key, draft.version, {**detail, "reasons": codes}))
        return outcome_of(snapshot, judgement, snapshot.row_version)
    row_version = unit.advance(draft.key, snapshot.row_version)
    record = record_of(snapshot, actor, gate.signer)
    unit.versions.add(_version(snapshot, record, actor))
    unit.add_lineage(draft.key, draft.version, snapshot.lineage)
    tell(unit, Event(EventType.PUBLISHED, draft.key, draft.version, detail))
    stand_anew(draft.key, unit, gate)
    return outcome_of(snapshot, judgement, row_version, record=record)


def _version(snapshot: Snapshot, record: Mapping[str, Any], actor: Actor) -> PublishedVersion:
    draft = snapshot.draft
    return PublishedVersion(
        key=draft.key,
        version=draft.version,
        status=Status.ACTIVE,
        digest=draft.digest,
        definition_digest=draft.definition_digest,
        decision_id=snapshot.decision.decision_id,
        quality_run_id="" if snapshot.quality is None else snapshot.quality.run_id,
        record=record,
        published_at=snapshot.judged_at,
        published_by=actor.subject,
        standing=snapshot.standing,
    )


def _draft(command: PublishCommand, unit: UnitOfWork) -> Draft:
    found = (
        unit.drafts.get(command.key, command.digest) if command.digest else unit.drafts.latest(command.key)
    )
    if found is None:
        raise unseen(command.key)
    return found


def _require_row_version(command: PublishCommand, facts: Facts) -> None:
    expected = command.expected_row_version
    if expected is not None and expected != facts.row_version:
        raise StaleRowVersion(f"{command.key} is at row version {facts.row_version}, not {expected}.")
