"""Reconciliation behind every door: what it reads of served metrics is logged as any read is."""

from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.publishing.reconciliation.reconcile import Reconciliation, Tell, reconcile, untold
from catalog.serving.metric_read.access import log_reconciled


def reconcile_metric(
    name: str, actor: Actor, services: Services, *, by: str = "", progress: Tell = untold
) -> Reconciliation:
    """Ask every team for the metric, and log the reads; raises `NotFound` where nobody states the name."""
    found = reconcile(name, actor, services.gate, by=by, progress=progress)
    log_reconciled(actor, found, by, services)
    return found
