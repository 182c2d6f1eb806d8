"""Reconciliation behind every door: what it reads of served metrics is logged as any read is."""

from catalog.access.access_event import AccessEvent
from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.publishing.reconciliation.reconcile import Reconciliation, Tell, reconcile, untold


def reconcile_metric(
    name: str, actor: Actor, services: Services, *, by: str = "", progress: Tell = untold
) -> Reconciliation:
    """Ask every team for the metric, and log the reads; raises `NotFound` where nobody states the name."""
    found = reconcile(name, actor, services.gate, by=by, progress=progress)
    asked = {"reconcile": name, "by": by}
    at = services.clock.now()
    events = [
        AccessEvent(
            at, actor, one.key, one.version, one.decision_id, not one.reason, int(not one.reason), asked
        )
        for one in found.teams
        if one.decision_id
    ]
    with services.store.open(actor) as unit:
        unit.access_log.append(events)
        unit.commit()
    return found
