"""What policy says at registration, before a draft is stored."""

from collections.abc import Sequence

from catalog.access.actor import Actor
from catalog.domain.draft import Draft
from catalog.domain.finding import Finding
from catalog.policy.decision import EnforcementPoint
from catalog.policy.view import mesh_facts
from catalog.publishing.evaluate import decide_at
from catalog.publishing.facts import facts_of
from catalog.publishing.ports import Gate
from catalog.registry.register import Review
from catalog.registry.served import drafts_in


def registration_review(actor: Actor, gate: Gate) -> Review:
    """The `review` that `register` takes: the findings of the decisions at the point `register`.

    A decision that did not come about brings a blocking finding, so nothing is registered unjudged.
    """

    def review(drafts: Sequence[Draft]) -> tuple[Finding, ...]:
        with gate.open_unit(actor, read_only=True) as unit:
            facts = [facts_of(draft, unit, gate.served, actor.subject) for draft in drafts]
        mesh = mesh_facts(drafts_in(facts[0].served) if facts else ())
        return tuple(
            finding
            for draft, one in zip(drafts, facts, strict=True)
            for finding in decide_at(draft, EnforcementPoint.REGISTER, mesh, one, gate).findings
        )

    return review
