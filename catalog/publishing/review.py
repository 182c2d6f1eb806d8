"""What policy says at registration, before a draft is stored."""

from collections.abc import Sequence

from catalog.access.actor import Actor
from catalog.domain.draft import Draft
from catalog.policy.decision import EnforcementPoint
from catalog.policy.view import mesh_facts
from catalog.publishing.evaluate import decide_at
from catalog.publishing.facts import facts_of
from catalog.publishing.ports import Gate
from catalog.registry.ports import UnitOfWork
from catalog.registry.register import Review, Reviewed
from catalog.registry.served import drafts_in


def registration_review(actor: Actor, gate: Gate) -> Review:
    """The `review` that `register` takes: the findings of the decisions at the point `register`.

    A decision that did not come about brings a blocking finding, so nothing is registered unjudged. What a
    bundle in shadow would have said about a draft is stored with it, in the decision that it was held against.
    """

    def review(drafts: Sequence[Draft]) -> Reviewed:
        with gate.open_unit(actor, read_only=True) as unit:
            facts = [facts_of(draft, unit, gate.served, actor.subject) for draft in drafts]
        mesh = mesh_facts(drafts_in(facts[0].served) if facts else ())
        decisions = {
            (draft.key, draft.digest): decide_at(draft, EnforcementPoint.REGISTER, mesh, one, gate)
            for draft, one in zip(drafts, facts, strict=True)
        }

        def store(draft: Draft, unit: UnitOfWork) -> None:
            decision = decisions[draft.key, draft.digest]
            if decision.shadow is not None:
                unit.keep(gate.policies.source(decision.bundle_revision))
                unit.add_decision(draft.key, draft.digest, decision)

        return Reviewed(tuple(found for one in decisions.values() for found in one.findings), store)

    return review
