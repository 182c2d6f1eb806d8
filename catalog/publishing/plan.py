"""Plans a folder: the one flow with nothing stored, so that the verdict is seen before it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.draft import Draft
from catalog.domain.finding import Finding, blocking
from catalog.domain.lifecycle import Status
from catalog.manifests.manifest import Manifest
from catalog.publishing.evaluate import evaluate, snapshot_of
from catalog.publishing.facts import Facts, facts_of
from catalog.publishing.gate import Publication, Refusal, judge
from catalog.publishing.order import in_order
from catalog.publishing.ports import Gate
from catalog.publishing.snapshot import Snapshot
from catalog.registry.drafts import drafts_of, keys_of
from catalog.registry.ports import UnitOfWork
from catalog.registry.served import Served


@dataclass(frozen=True, slots=True)
class PlannedAsset:
    """One draft with what would become of it.

    `registers` says whether its content is new. Where it is served already, nothing is judged: `snapshot` and
    `judgement` are None.
    """

    draft: Draft
    registers: bool
    served: bool
    snapshot: Snapshot | None = None
    judgement: Publication | Refusal | None = None

    @property
    def refused(self) -> bool:
        """Whether publishing would refuse it."""
        return isinstance(self.judgement, Refusal)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every asset of the documents, after what it is made from; `findings` are about the documents themselves."""

    assets: tuple[PlannedAsset, ...]
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Whether everything could be registered and published, in this order."""
        return not blocking(self.findings) and not any(one.refused for one in self.assets)


def plan(manifest: Manifest, actor: Actor, gate: Gate, *, quality: bool = True) -> Plan:
    """What registering and publishing the manifest would do, as `actor`, on the present store and data.

    What passes counts as served for what comes after it. Without `quality` no check runs, which
    the judgement then says. Raises `Forbidden` in a domain where the actor could not publish.
    """
    for domain in sorted({key.domain for key in keys_of(manifest) if key.domain}):
        require(actor, Permission.DOMAIN_DRAFT_REGISTER, domain=domain)
        require(actor, Permission.DOMAIN_VERSION_PUBLISH, domain=domain)
    drafts, found = drafts_of(manifest)
    order = in_order(drafts)
    with gate.open_unit(actor, read_only=True) as unit:
        known = [_facts(draft, unit, actor, gate) for draft in order.drafts]
    planned: list[PlannedAsset] = []
    for draft, (registers, facts) in zip(order.drafts, known, strict=True):
        planned.append(_plan(draft, facts, planned, gate, registers=registers, quality=quality))
    return Plan(tuple(planned), (*manifest.findings, *found, *order.findings))


def _facts(draft: Draft, unit: UnitOfWork, actor: Actor, gate: Gate) -> tuple[bool, Facts]:
    registers = unit.drafts.get(draft.key, draft.digest) is None
    return registers, facts_of(draft, unit, gate.served, actor.subject)


def _plan(
    draft: Draft,
    facts: Facts,
    before: Sequence[PlannedAsset],
    gate: Gate,
    *,
    registers: bool,
    quality: bool,
) -> PlannedAsset:
    if facts.serves(draft) is not None:
        return PlannedAsset(draft, registers, served=True)
    passed = tuple(Served(one.draft, Status.ACTIVE) for one in before if not (one.refused or one.served))
    facts = replace(facts, served=(*facts.served, *passed))
    evidence = evaluate(draft, facts, gate, quality=quality)
    snapshot = snapshot_of(draft, facts, evidence, gate)
    return PlannedAsset(draft, registers, served=False, snapshot=snapshot, judgement=judge(snapshot))
