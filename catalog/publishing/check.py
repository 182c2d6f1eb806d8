"""Checks a folder as CI does: the one flow with no store; the mesh is what the documents say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.domain.clock import Clock
from catalog.domain.data_contract import DataContract
from catalog.domain.document import Document
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.finding import Finding, blocking
from catalog.domain.metric import SemanticManifest
from catalog.domain.sql_engine import DataLocator, SqlEngine
from catalog.manifests.read import read
from catalog.policy.bundle import Bundle
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint
from catalog.policy.grace import NOT_KNOWN
from catalog.policy.ports import PolicyEngine
from catalog.policy.store_facts import StoreFacts
from catalog.policy.view import mesh_facts
from catalog.quality.report import QualityReport
from catalog.registry.drafts import drafts_of
from catalog.registry.ownership import in_domain


@dataclass(frozen=True, slots=True)
class CheckedAsset:
    """One draft with its decision at the point `ci`, and its quality where that was asked for."""

    draft: Draft
    decision: Decision
    quality: QualityReport | None


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """All findings at once: of the documents, of definitions, of policy, of quality, in this order."""

    assets: tuple[CheckedAsset, ...]
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing blocks."""
        return not blocking(self.findings)


def check(
    documents: Iterable[Document],
    *,
    bundle: Bundle,
    engine: PolicyEngine,
    clock: Clock,
    sql_engine: SqlEngine | None = None,
    locator: DataLocator | None = None,
    domain: str = "",
    known: StoreFacts | None = None,
    policy_deadline_seconds: float = 5.0,
    quality_deadline_seconds: float = 60.0,
) -> CheckOutcome:
    """Judge documents with nothing but themselves; quality runs where an engine and a locator are given.

    `domain` owns what names no domain itself. `known` is what the store knows: its waivers, beside the bundle's
    own, and what was published when. Without it every asset counts as published long ago, so that grace holds.

    Metrics are held against the contracts beside them. Nothing else is known here of what is served: compatibility,
    sign-offs and dependencies are judged by `plan` and `publish`.
    """
    manifest = in_domain(read(documents), domain)
    drafts, found = drafts_of(manifest)
    mesh = mesh_facts(drafts)
    assets = []
    for draft in drafts:
        decision = decide(
            draft,
            EnforcementPoint.CI,
            bundle=bundle,
            engine=engine,
            now=clock.now(),
            mesh=mesh,
            published_at=known.first_published(draft.key) if known else NOT_KNOWN,
            waivers=known.waivers_of(draft.key) if known else (),
            deadline_seconds=policy_deadline_seconds,
        )
        report = None
        if sql_engine is not None and locator is not None and isinstance(draft.content, ProductContent):
            from catalog.quality.run import run  # noqa: PLC0415  # most checks read documents only

            report = run(
                draft.content,
                engine=sql_engine,
                locator=locator,
                clock=clock,
                related=_inputs(draft.content, manifest.contracts),
                deadline_seconds=quality_deadline_seconds,
            )
        assets.append(CheckedAsset(draft, decision, report))
    judged = (finding for one in assets for finding in _findings(one))
    definitions = (*_definitions(manifest.semantic), *_columns(drafts))
    if sql_engine is not None and locator is not None and manifest.semantic.semantic_models:
        from catalog.publishing.live_data import live_findings  # noqa: PLC0415  # as above

        definitions += live_findings(
            manifest.semantic,
            drafts,
            engine=sql_engine,
            locator=locator,
            deadline_seconds=quality_deadline_seconds,
        )
    told = (known.finding(clock.now(), (draft.key.domain for draft in drafts)),) if known else ()
    return CheckOutcome(tuple(assets), (*manifest.findings, *found, *definitions, *told, *judged))


def _definitions(semantic: SemanticManifest) -> tuple[Finding, ...]:
    if not (semantic.semantic_models or semantic.metrics):
        return ()
    from catalog.metrics.saved import definition_faults  # noqa: PLC0415  # only metrics wait for the SQL parser

    return definition_faults(semantic)


def _columns(drafts: Sequence[Draft]) -> tuple[Finding, ...]:
    """What metrics read and products beside them do not promise."""
    metrics = [one for one in drafts if isinstance(one.content, MetricContent)]
    if not metrics:
        return ()
    from catalog.publishing.standing import Standings, not_given  # noqa: PLC0415  # as above

    products = Standings.among(drafts)
    return tuple(found for one in metrics for found in not_given(one, products.of(one), products.offers))


def _inputs(content: ProductContent, contracts: Sequence[DataContract]) -> tuple[DataContract, ...]:
    wanted = {port.contract_id for port in content.product.input_ports}
    return tuple(one for one in contracts if one.id in wanted)


def _findings(asset: CheckedAsset) -> tuple[Finding, ...]:
    return (*asset.decision.findings, *(asset.quality.findings if asset.quality else ()))
