"""A waiver in the store: asked for by one, approved by another, in force until its end or until it is revoked.

Who may approve follows from how firmly the organisation asks for the rule:

| guidance | who approves |
|---|---|
| mandatory | policy engineers and admins of the organisation |
| recommended | these, and stewards of the asset's domain |
| elective | these, and owners of the asset's domain |

Never who asked for it, and never the owner of the asset.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.policy.bundle import Guidance
from catalog.policy.waiver import Waiver

ORGANISATION: Final = frozenset({Role.ADMIN, Role.POLICY_ENGINEER})
APPROVERS: Final[Mapping[Guidance, frozenset[Role]]] = {
    Guidance.MANDATORY: ORGANISATION,
    Guidance.RECOMMENDED: ORGANISATION | {Role.STEWARD},
    Guidance.ELECTIVE: ORGANISATION | {Role.STEWARD, Role.DOMAIN_OWNER},
}


class WaiverState(StrEnum):
    """Where a waiver of the store stands; only an approved one passes anything over."""

    APPROVED = "approved"
    EXPIRED = "expired"
    REQUESTED = "requested"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class WaiverRequest:
    """As `Waiver` has it, with who did what when; `approved_by` and `revoked_by` are empty until then."""

    id: str
    rule: str
    asset: AssetKey
    path: str
    reason: str
    ticket: str
    requested_by: str
    requested_at: datetime
    expires: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    revoked_by: str = ""
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> WaiverState:
        """Where it stands at that instant; what was revoked stays so."""
        if self.revoked_at is not None:
            return WaiverState.REVOKED
        if self.expires <= now:
            return WaiverState.EXPIRED
        return WaiverState.REQUESTED if self.approved_at is None else WaiverState.APPROVED

    @property
    def waiver(self) -> Waiver:
        """As rules are waived by it."""
        return Waiver(
            id=self.id,
            rule=self.rule,
            asset=str(self.asset),
            reason=self.reason,
            ticket=self.ticket,
            requested_by=self.requested_by,
            approved_by=self.approved_by,
            created=self.requested_at,
            expires=self.expires,
            path=self.path,
        )


def waivers_of(requests: Iterable[WaiverRequest]) -> tuple[Waiver, ...]:
    """Those that are approved and not revoked, by id; `apply_waivers` tells of one that has expired."""
    approved = (one for one in requests if one.approved_at is not None and one.revoked_at is None)
    return tuple(one.waiver for one in sorted(approved, key=lambda one: one.id))
