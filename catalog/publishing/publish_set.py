"""Publishes several assets: in the order of what they are made from, each in its own transaction."""

from collections.abc import Callable, Sequence

from catalog.access.actor import Actor
from catalog.access.decide import require, unseen
from catalog.access.permission import Permission
from catalog.domain.draft import Draft
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.publishing.order import in_order
from catalog.publishing.outcome import PublishCommand, PublishOutcome, PublishResult
from catalog.publishing.ports import Gate
from catalog.publishing.publish import publish


def publish_set(
    keys: Sequence[AssetKey],
    actor: Actor,
    gate: Gate,
    *,
    begins: Callable[[AssetKey], object] = lambda _: None,
) -> tuple[PublishOutcome, ...]:
    """Publish the latest draft of each asset; the outcomes stand in the order in which it was tried.

    What is made from a refused one is refused with that reason and not tried, and so is every circle.
    `begins` is told each asset that is tried. Raises `Forbidden` and `NotFound` before anything is published,
    and whatever `publish` raises after what came before it.
    """
    for key in keys:
        require(actor, Permission.DOMAIN_VERSION_PUBLISH, key=key)
    with gate.open_unit(actor, read_only=True) as unit:
        found = {key: (unit.drafts.latest(key), unit.row_version(key)) for key in keys}
    drafts = []
    for key, (draft, _) in found.items():
        if draft is None:
            raise unseen(key)
        drafts.append(draft)
    order = in_order(drafts)
    circled = " ".join(one.message for one in order.findings)
    outcomes: dict[AssetKey, PublishOutcome] = {}
    for draft in order.drafts:
        refused = [key for key in sorted(order.sources[draft.key]) if not _passed(outcomes.get(key))]
        if refused:
            finding = _not_tried(draft, refused, circled)
            outcomes[draft.key] = _refused(draft, found[draft.key][1], finding)
        else:
            begins(draft.key)
            outcomes[draft.key] = publish(PublishCommand(draft.key, draft.digest), actor, gate)
    return tuple(outcomes.values())


def _passed(outcome: PublishOutcome | None) -> bool:
    return outcome is not None and outcome.published


def _not_tried(draft: Draft, refused: Sequence[AssetKey], circled: str) -> Finding:
    if circled and str(draft.key) in circled:
        return FindingCode.DEPENDENCY_CYCLE.found(
            circled, remedy="let one of them be made without the others"
        )
    return FindingCode.DEPENDENCY_REFUSED.found(
        f"{draft.key} is made from {', '.join(map(str, refused))}, refused before it; it was not tried.",
        remedy="see why that was refused, and publish again",
    )


def _refused(draft: Draft, row_version: int, finding: Finding) -> PublishOutcome:
    return PublishOutcome(
        draft.key, draft.version, draft.digest, PublishResult.REFUSED, row_version, "", findings=(finding,)
    )
