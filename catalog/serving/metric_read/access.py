"""What is logged of a read, refused ones too: a read that cannot be logged is not answered."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from catalog.access.access_event import AccessEvent
from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.metrics.query import MetricQuery
from catalog.registry.ports import PublishedVersion

if TYPE_CHECKING:
    from catalog.publishing.reconciliation.reconcile import Reconciliation


def log_read(
    actor: Actor, versions: Iterable[PublishedVersion], query: MetricQuery, rows: int, services: Services
) -> None:
    """One row in the access log for each metric of an answer."""
    asked = {"metrics": query.metrics, "group_by": query.group_by, "where": query.where}
    at = services.clock.now()
    services.store.log_reads(
        [AccessEvent(at, actor, one.key, one.version, one.decision_id, True, rows, asked) for one in versions]
    )


def log_refused(actor: Actor, version: PublishedVersion, services: Services) -> None:
    """One row for a metric that the actor may not read."""
    event = AccessEvent(
        services.clock.now(), actor, version.key, version.version, version.decision_id, False, 0, {}
    )
    services.store.log_reads([event])


def log_reconciled(actor: Actor, found: "Reconciliation", by: str, services: Services) -> None:
    """One row for each served metric whose number was asked for; drafts are not served, and not read as such."""
    asked, at = {"reconcile": found.name, "by": by}, services.clock.now()
    events = [
        AccessEvent(
            at, actor, one.key, one.version, one.decision_id, not one.reason, int(not one.reason), asked
        )
        for one in found.teams
        if one.decision_id
    ]
    services.store.log_reads(events)
