"""The metrics that claim a name, or all of them, as far as the actor may see them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.access.actor import Actor
from catalog.access.decide import decide
from catalog.access.exposure import exposure_of
from catalog.access.permission import Permission
from catalog.domain.draft import Draft, MetricContent
from catalog.domain.errors import Refused
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status
from catalog.metrics.reconcile import Statement, state
from catalog.registry.ports import UnitOfWork
from catalog.registry.settled import offered_first


@dataclass(frozen=True, slots=True)
class Rival:
    """A metric as it is offered, or as its owner proposes it: then `status` is `draft` and nothing decided."""

    draft: Draft
    status: Status
    statement: Statement
    decision_id: str = ""

    @property
    def key(self) -> AssetKey:
        """The metric."""
        return self.draft.key


def rivals_of(name: str, actor: Actor, unit: UnitOfWork) -> tuple[Rival, ...]:
    """Every metric of the name: what each domain offers first, and what it proposes instead where it differs."""
    return tuple(_stated(unit.drafts.keys(AssetKind.METRIC, name), actor, unit))


def all_stated(actor: Actor, unit: UnitOfWork) -> Iterator[Rival]:
    """Every metric that the actor may see, one after the other, each read when it is asked for."""
    return _stated(unit.drafts.keys(AssetKind.METRIC), actor, unit)


def _stated(keys: Iterable[AssetKey], actor: Actor, unit: UnitOfWork) -> Iterator[Rival]:
    for key in keys:
        offered = offered_first(unit.versions.of(key))
        served = unit.drafts.get(key, offered.digest) if offered else None
        if served is not None and offered is not None:
            exposure = exposure_of(served, offered.status)
            if decide(actor, Permission.ASSET_METADATA_READ, key=key, exposure=exposure).allowed:
                yield _rival(served, offered.status, offered.decision_id)
        draft = unit.drafts.latest(key)
        same = (
            served is not None and draft is not None and draft.definition_digest == served.definition_digest
        )
        if draft is None or same or not decide(actor, Permission.ASSET_METADATA_READ, key=key).allowed:
            continue
        yield _rival(draft, Status.DRAFT)


def _rival(draft: Draft, status: Status, decision_id: str = "") -> Rival:
    content = draft.content
    if not isinstance(content, MetricContent):
        raise Refused(f"{draft.key} is no metric.")
    proposed = f" {draft.version} (draft)" if status is Status.DRAFT else ""
    who = f"{draft.key.qualified_name}{proposed}"
    return Rival(draft, status, state(who, content.metric, content.closure), decision_id)
