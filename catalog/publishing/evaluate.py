"""Gathers the evidence about a draft outside of any transaction: policy, quality, compatibility."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.domain.data_contract import DataContract
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.finding import Finding
from catalog.manifests.digest import digest_of
from catalog.metrics.saved import saved_query_faults
from catalog.metrics.validation import validate_to_serve
from catalog.policy.bundle import Bundle
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint
from catalog.policy.view import MeshFacts, mesh_facts, view_of
from catalog.policy.waiver_request import waivers_of
from catalog.publishing.bundles.shadow import beside
from catalog.publishing.facts import Facts, dependencies_of
from catalog.publishing.impact import impact_of
from catalog.publishing.lineage import lineage_of
from catalog.publishing.live_data import live_findings
from catalog.publishing.ports import Gate
from catalog.publishing.progress import Progress, Step, silent
from catalog.publishing.saved_queries import saved_queries_across
from catalog.publishing.snapshot import Snapshot
from catalog.publishing.standing import standing_of
from catalog.quality.report import QualityReport
from catalog.quality.run import run
from catalog.registry.compare import compare
from catalog.registry.served import Served, drafts_in


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured and decided about a draft; `findings` are about its definition.

    `mesh` is what policy saw, made from the drafts of `served`.
    """

    findings: tuple[Finding, ...]
    decision: Decision
    quality: QualityReport | None
    mesh: MeshFacts
    served: tuple[Served, ...]


def evaluate(
    draft: Draft, facts: Facts, gate: Gate, *, quality: bool = True, progress: Progress = silent
) -> Evidence:
    """Decide and measure; trouble of an engine is a verdict or an outcome, never an exception."""
    mesh = mesh_facts(drafts_in(facts.served))
    decision = decide_at(draft, EnforcementPoint.PUBLISH, mesh, facts, gate)
    progress(Step.POLICY, decision)
    report = measure(draft, facts.served, gate) if quality else None
    if report is not None:
        progress(Step.QUALITY, report)
    findings = (*definition_findings(draft), *saved_queries_across(draft, facts.served))
    findings += _live(draft, facts.served, gate) if quality else ()
    return Evidence(findings, decision, report, mesh, facts.served)


def decide_again(draft: Draft, facts: Facts, gate: Gate, evidence: Evidence) -> Evidence:
    """The same measurements with a decision over the mesh as it is now."""
    mesh = mesh_facts(drafts_in(facts.served))
    decision = decide_at(draft, EnforcementPoint.PUBLISH, mesh, facts, gate)
    return replace(evidence, decision=decision, mesh=mesh, served=facts.served)


def decide_at(draft: Draft, point: EnforcementPoint, mesh: MeshFacts, facts: Facts, gate: Gate) -> Decision:
    """Policy's decision at a point, with what a bundle in shadow there would have said."""
    policy, now = gate.policies.at(point, facts.placements), gate.clock.now()

    def by(bundle: Bundle) -> Decision:
        return decide(
            draft,
            point,
            bundle=bundle,
            engine=gate.policy_engine,
            now=now,
            mesh=mesh,
            previous=facts.previous,
            published_at=facts.first_published_at,
            waivers=waivers_of(facts.waivers),
            deadline_seconds=gate.policy_deadline_seconds,
        )

    decision = by(policy.bundle)
    return decision if policy.shadow is None else beside(decision, by(policy.shadow), draft.key)


def measure(draft: Draft, served: Sequence[Served], gate: Gate) -> QualityReport | None:
    """A quality run over a product's data; None for metrics, whose products carry the evidence."""
    if not isinstance(draft.content, ProductContent):
        return None
    return run(
        draft.content,
        engine=gate.sql_engine,
        locator=gate.locator,
        clock=gate.clock,
        related=_related(draft.content, served),
        deadline_seconds=gate.quality_deadline_seconds,
    )


def _live(draft: Draft, served: Sequence[Served], gate: Gate) -> tuple[Finding, ...]:
    """What the data says against a metric's definition."""
    if not isinstance(draft.content, MetricContent):
        return ()
    return live_findings(
        draft.content.closure,
        drafts_in(served),
        engine=gate.sql_engine,
        locator=gate.locator,
        deadline_seconds=gate.quality_deadline_seconds,
    )


def definition_findings(draft: Draft) -> tuple[Finding, ...]:
    """What is wrong with a metric's definition; a product's documents were judged as they were read."""
    if not isinstance(draft.content, MetricContent):
        return ()
    closure = draft.content.closure
    return (*validate_to_serve(closure), *saved_query_faults(closure, draft.content.saved_queries))


def snapshot_of(draft: Draft, facts: Facts, evidence: Evidence, gate: Gate) -> Snapshot:
    """Freeze store and evidence together, with the view that policy would be shown now."""
    same_mesh = drafts_in(facts.served) == drafts_in(evidence.served)
    view = view_of(
        draft,
        EnforcementPoint.PUBLISH,
        now=evidence.decision.decided_at,
        mesh=evidence.mesh if same_mesh else mesh_facts(drafts_in(facts.served)),
        previous=facts.previous,
    )
    now = gate.clock.now()
    compatibility = compare(draft, facts.previous, facts.previous_version, facts.consumers)
    return Snapshot(
        draft=draft,
        findings=evidence.findings,
        decision=evidence.decision,
        quality=evidence.quality,
        compatibility=compatibility,
        sign_offs=facts.sign_offs,
        dependencies=dependencies_of(draft, facts.served),
        versions=facts.versions,
        bundle_revision=gate.policies.revision_at(EnforcementPoint.PUBLISH, facts.placements),
        view_digest=digest_of(view),
        row_version=facts.row_version,
        judged_at=now,
        impact=impact_of(draft, facts, compatibility),
        standing=standing_of(draft, facts.served, facts.past),
        lineage=lineage_of(draft, facts.served),
        settlement=facts.settlement,
        waivers=waivers_of(facts.waivers),
    )


def _related(content: ProductContent, served: Sequence[Served]) -> tuple[DataContract, ...]:
    """The served contracts of the product's inputs, against which relationships are checked."""
    wanted = {port.contract_id for port in content.product.input_ports}
    return tuple(
        contract
        for one in served
        if isinstance(one.draft.content, ProductContent)
        for contract in one.draft.content.contracts
        if contract.id in wanted
    )
