"""What is told and remembered about a waiver."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalog.domain.event import Event, EventType
from catalog.domain.identity import AssetKey
from catalog.policy.waiver_request import WaiverRequest
from catalog.registry.canonical import canonical
from catalog.registry.journal import tell
from catalog.registry.ports import UnitOfWork


def tell_of(request: WaiverRequest, event: EventType, unit: UnitOfWork) -> None:
    """Audit and outbox."""
    detail = {
        "waiver": request.id,
        "rule": request.rule,
        "path": request.path,
        "reason": request.reason,
        "ticket": request.ticket,
        "requested_by": request.requested_by,
        "ends": request.expires.isoformat(),
        "by": unit.actor.subject,
    }
    tell(unit, Event(event, request.asset, "", detail))


def to_answer(request: WaiverRequest) -> dict[str, Any]:
    """The waiver as plain JSON values."""
    return {**canonical(request), "asset": str(request.asset)}


def from_answer(answer: Mapping[str, Any]) -> WaiverRequest:
    """The waiver again."""
    instants = {
        name: datetime.fromisoformat(answer[name]) if answer[name] else None
        for name in ("requested_at", "expires", "approved_at", "revoked_at")
    }
    return WaiverRequest(**{**answer, **instants, "asset": AssetKey.parse(answer["asset"])})
