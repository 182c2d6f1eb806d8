"""A decision as it was recorded, for those who may see its asset's domain."""

from catalog.access.actor import Actor
from catalog.access.decide import restriction_of
from catalog.bootstrap import Services
from catalog.domain.errors import Conflict, NotFound
from catalog.policy.recorded import RecordedDecision
from catalog.store.projections.decisions import Decisions


def recorded_decision(decision_id: str, actor: Actor, services: Services) -> RecordedDecision:
    """The record with the view and the rules that it names, read in one state of the store.

    Raises `NotFound` for what the actor may not see, `Conflict` for a record from before views were kept.
    """
    asked = Decisions(decision_id=decision_id, domains=restriction_of(actor), limit=1)
    with services.store.open(actor, read_only=True) as unit:
        rows = unit.read(asked)
        if not rows:
            raise NotFound(f"There is no decision {decision_id} that you may see.")
        decision = rows[0].decision
        view, source = unit.kept(decision.input_digest), unit.kept(decision.bundle_revision)
    if view is None or source is None:
        raise Conflict(f"What the decision {decision_id} looked at was not kept.", remedy="decide again")
    return RecordedDecision(
        decision_id=decision.decision_id,
        verdict=decision.verdict,
        violations=decision.violations,
        waivers={(one["rule"], one["path"]): one["waiver"] for one in rows[0].waived},
        result_digest=decision.result_digest,
        engine=decision.engine,
        decided_at=decision.decided_at,
        published_at=decision.published_at,
        view=view,
        source=source,
        stored=decision.waivers,
    )
