"""Waivers that were asked for, with who approved and who revoked them."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from catalog.domain.identity import AssetKey
from catalog.policy.waiver_request import WaiverRequest
from catalog.store.tables.policies import policy_waivers
from catalog.store.transaction import Transaction


class StoredWaivers:
    """Implements `registry.ports.Waivers`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, request: WaiverRequest) -> None:
        """Store a new one; its id is its own."""
        row = {
            "id": request.id,
            "rule": request.rule,
            "asset": str(request.asset),
            "domain": request.asset.domain,
            "path": request.path,
            "reason": request.reason,
            "ticket": request.ticket,
            "requested_by": request.requested_by,
            "requested_at": request.requested_at,
            "expires": request.expires,
            **_settled(request),
        }
        self._transaction.write(insert(policy_waivers).values(**row))

    def find(self, waiver_id: str) -> WaiverRequest | None:
        """The one of that id."""
        row = self._transaction.first(select(policy_waivers).where(policy_waivers.c.id == waiver_id))
        return None if row is None else request_of(row)

    def change(self, request: WaiverRequest) -> None:
        """Store who approved or revoked it; nothing else of a waiver changes."""
        statement = update(policy_waivers).where(policy_waivers.c.id == request.id)
        self._transaction.write(statement.values(**_settled(request)))

    def approved(self, key: AssetKey | None = None) -> tuple[WaiverRequest, ...]:
        """All that are approved and not revoked, expired ones too; of one asset where it is given."""
        valid = (policy_waivers.c.approved_at.is_not(None), policy_waivers.c.revoked_at.is_(None))
        query = select(policy_waivers).where(*valid).order_by(policy_waivers.c.id)
        if key is not None:
            query = query.where(policy_waivers.c.asset == str(key))
        return tuple(map(request_of, self._transaction.rows(query)))


def request_of(row: Row[Any]) -> WaiverRequest:
    """The waiver that a row of `policy_waivers` holds."""
    return WaiverRequest(
        id=row.id,
        rule=row.rule,
        asset=AssetKey.parse(row.asset),
        path=row.path,
        reason=row.reason,
        ticket=row.ticket,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        expires=row.expires,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        revoked_by=row.revoked_by,
        revoked_at=row.revoked_at,
    )


def _settled(request: WaiverRequest) -> dict[str, Any]:
    return {
        "approved_by": request.approved_by,
        "approved_at": request.approved_at,
        "revoked_by": request.revoked_by,
        "revoked_at": request.revoked_at,
    }
