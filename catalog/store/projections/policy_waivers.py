"""Waivers of the store, whatever became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from catalog.domain.identity import AssetKey
from catalog.policy.waiver_request import WaiverRequest
from catalog.store.repositories.waivers import request_of
from catalog.store.tables.policies import policy_waivers


@dataclass(frozen=True, slots=True)
class PolicyWaivers:
    """Waivers, newest request first; the id is the cursor. `domains` None means all of them.

    `approved` leaves out what was not approved or was revoked; expired ones stay.
    """

    key: AssetKey | None = None
    domains: frozenset[str] | None = None
    after: str = ""
    limit: int = 50
    approved: bool = False

    def statement(self) -> Select[Any]:
        """Walked backwards by id, which grows with time."""
        query = select(policy_waivers).order_by(policy_waivers.c.id.desc()).limit(self.limit)
        if self.key is not None:
            query = query.where(policy_waivers.c.asset == str(self.key))
        if self.domains is not None:
            query = query.where(policy_waivers.c.domain.in_(self.domains))
        if self.approved:
            query = query.where(
                policy_waivers.c.approved_at.is_not(None), policy_waivers.c.revoked_at.is_(None)
            )
        return query.where(policy_waivers.c.id < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[WaiverRequest, ...]:
        """One waiver per row."""
        return tuple(map(request_of, rows))
