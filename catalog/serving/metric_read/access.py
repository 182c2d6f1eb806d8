"""What is logged of a read, refused ones too: a read that cannot be logged is not answered."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uuid_utils import uuid7

from catalog.access.access_event import AccessEvent, ReadOutcome
from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.domain.errors import CatalogError
from catalog.metrics.query import MetricQuery
from catalog.registry.ports import PublishedVersion

if TYPE_CHECKING:
    from catalog.publishing.reconciliation.reconcile import Reconciliation


def log_read(
    actor: Actor, versions: Iterable[PublishedVersion], query: MetricQuery, rows: int, services: Services
) -> None:
    """One row in the access log for each metric of an answer that was known."""
    services.store.log_reads(_events(actor, versions, query, services, rows=rows))


@contextmanager
def logged_beside(
    actor: Actor, versions: Iterable[PublishedVersion], query: MetricQuery, services: Services
) -> Iterator["ReadUnderWay"]:
    """One row for each metric that is asked for, written while the block computes the answer.

    The block ends when they are durable. What came of the read, an error too, is told afterwards.
    """
    read, under_way, fault = str(uuid7()), ReadUnderWay(), "INTERNAL"
    writing = services.store.begin_reads(_events(actor, versions, query, services, rows=None, read=read))
    try:
        yield under_way
        fault = ""
    except CatalogError as error:
        fault = error.code
        raise
    finally:
        writing.result()
        services.store.settle_read(ReadOutcome(read, services.clock.now(), under_way.rows, fault))


@dataclass(slots=True)
class ReadUnderWay:
    """A read that is being answered; `rows` is None until there is an answer."""

    rows: int | None = None


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


def _events(
    actor: Actor,
    versions: Iterable[PublishedVersion],
    query: MetricQuery,
    services: Services,
    *,
    rows: int | None,
    read: str | None = None,
) -> list[AccessEvent]:
    asked = {"metrics": query.metrics, "group_by": query.group_by, "where": query.where}
    at = services.clock.now()
    return [
        AccessEvent(at, actor, one.key, one.version, one.decision_id, True, rows, asked, read)
        for one in versions
    ]
