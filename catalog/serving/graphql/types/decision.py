"""Policy decisions as the schema shows them."""

from datetime import datetime

import strawberry

from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.serving.graphql.types.finding import Finding, findings_of
from catalog.store.projections.decisions import DecisionRow


@strawberry.type(description="What policy said about one content of one asset, with all that repeats it.")
class Decision:
    """A decision and its reasons."""

    id: str
    asset: str
    digest: str
    point: EnforcementPoint
    verdict: Verdict
    findings: list[Finding]
    bundle_revision: str
    engine: str
    input_digest: str
    decided_at: datetime
    rules_evaluated: int
    result_digest: str = strawberry.field(
        description="Covers verdict, violations and waivers; repeating the decision gives it again."
    )
    waivers: list[str] = strawberry.field(description="The waivers that passed something over.")
    team: str = strawberry.field(description="The team for which it was decided.")
    application: str
    latency_ms: float


def decision_of(row: DecisionRow) -> Decision:
    """The decision as the schema shows it."""
    decision = row.decision
    return Decision(
        id=decision.decision_id,
        asset=str(row.key),
        digest=row.digest,
        point=decision.point,
        verdict=decision.verdict,
        findings=findings_of(decision.findings),
        bundle_revision=decision.bundle_revision,
        engine=decision.engine,
        input_digest=decision.input_digest,
        decided_at=decision.decided_at,
        rules_evaluated=decision.rules_evaluated,
        result_digest=decision.result_digest,
        waivers=sorted({one["waiver"] for one in row.waived}),
        team=row.decided_for.get("team", ""),
        application=row.decided_for.get("application", ""),
        latency_ms=decision.latency_ms,
    )
