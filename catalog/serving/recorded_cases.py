"""Decisions that were recorded, as cases for another bundle: the very views that were judged, at their times."""

import json
from collections.abc import Iterator
from datetime import datetime

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.bootstrap import Services
from catalog.policy.simulate import Case
from catalog.store.projections.decisions import Decisions

_PAGE = 200


def recorded_cases(actor: Actor, services: Services, since: datetime | None = None) -> Iterator[Case]:
    """Newest first, named by asset and decision; those from before views were kept are left out.

    Raises `Forbidden`.
    """
    require(actor, Permission.ORGANISATION_POLICY_SIMULATE)
    after = ""
    while True:
        with services.store.open(actor, read_only=True) as unit:
            rows = unit.read(Decisions(after=after, limit=_PAGE))
            views = [unit.kept(row.decision.input_digest) for row in rows]
        for row, view in zip(rows, views, strict=True):
            decision = row.decision
            if since is not None and decision.decided_at < since:
                return
            if view is not None:
                name = f"{row.key} {decision.decision_id}"
                yield Case(
                    name, json.loads(view), decision.decided_at, decision.published_at, decision.waivers
                )
        if len(rows) < _PAGE:
            return
        after = rows[-1].cursor
