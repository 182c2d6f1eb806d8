"""What policy says at registration, before a draft is stored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from catalog.access.actor import Actor
from catalog.domain.draft import Draft
from catalog.domain.finding import Finding
from catalog.domain.identity import AssetKey
from catalog.policy.bundle import Bundle
from catalog.policy.decide import Question, decide_many
from catalog.policy.decision import Decision, EnforcementPoint
from catalog.policy.view import MeshFacts, mesh_facts
from catalog.policy.waiver_request import WaiverRequest, waivers_of
from catalog.publishing.bundles.shadow import beside
from catalog.publishing.ports import Gate
from catalog.registry.compare import baseline_of
from catalog.registry.ports import UnitOfWork
from catalog.registry.register import Review, Reviewed
from catalog.registry.served import drafts_in

_POINT = EnforcementPoint.REGISTER


def registration_review(
    actor: Actor, gate: Gate, *, progress: Callable[[int, int], object] = lambda *_: None
) -> Review:
    """The `review` that `register` takes: the findings of the decisions at the point `register`.

    A decision that did not come about brings a blocking finding, so nothing is registered unjudged. What a
    bundle in shadow would have said about a draft is stored with it, in the decision that it was held against.
    `progress` is told how many drafts are judged, of how many.
    """

    def review(drafts: Sequence[Draft]) -> Reviewed:
        with gate.open_unit(actor, read_only=True) as unit:
            placements = unit.policies.placements()
            mesh = mesh_facts(drafts_in(gate.served.of(unit)))
            questions = tuple(_questions(drafts, unit))
        policy = gate.policies.at(_POINT, placements)
        decisions = _decided(questions, policy.bundle, mesh, gate)
        if policy.shadow is not None:
            shadows = _decided(questions, policy.shadow, mesh, gate)
            pairs = zip(decisions, shadows, drafts, strict=True)
            decisions = (beside(one, shadow, draft.key) for one, shadow, draft in pairs)
        found: list[Finding] = []
        noted: dict[tuple[AssetKey, str], Decision] = {}
        for number, (draft, decision) in enumerate(zip(drafts, decisions, strict=True), 1):
            found += decision.findings
            if decision.shadow is not None:
                noted[draft.key, draft.digest] = decision
            progress(number, len(drafts))

        def store(draft: Draft, unit: UnitOfWork) -> None:
            decision = noted.get((draft.key, draft.digest))
            if decision is not None:
                unit.keep(gate.policies.source(decision.bundle_revision))
                unit.add_decision(draft.key, draft.digest, decision)

        return Reviewed(tuple(found), store)

    return review


def _questions(drafts: Sequence[Draft], unit: UnitOfWork) -> Iterator[Question]:
    """Each draft with what it follows; most of a first registration follow nothing."""
    versions = unit.versions.of_all([one.key for one in drafts])
    waivers: dict[AssetKey, list[WaiverRequest]] = {}
    for request in unit.waivers.approved():
        waivers.setdefault(request.asset, []).append(request)
    for draft in drafts:
        question = Question(draft, waivers=waivers_of(waivers.get(draft.key, ())))
        if known := versions.get(draft.key):
            baseline = baseline_of(known, draft.version)
            question = replace(
                question,
                previous=unit.drafts.get(draft.key, baseline.digest) if baseline else None,
                published_at=min(one.published_at for one in known),
            )
        yield question


def _decided(
    questions: Sequence[Question], bundle: Bundle, mesh: MeshFacts, gate: Gate
) -> Iterator[Decision]:
    return decide_many(
        questions,
        _POINT,
        bundle=bundle,
        engine=gate.policy_engine,
        now=gate.clock.now(),
        mesh=mesh,
        deadline_seconds=gate.policy_deadline_seconds,
    )
