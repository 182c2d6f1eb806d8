"""What the last audit with a bundle in shadow came to, from the audit chain."""

from dataclasses import dataclass
from datetime import datetime

from catalog.policy.shadowed import SHADOW_AUDITED, ShadowTally
from catalog.store.projections.audit import AuditLog
from catalog.store.projections.projection import Read


@dataclass(frozen=True, slots=True)
class LastShadowAudit:
    """When, and what was counted."""

    at: datetime
    tally: ShadowTally


def last_shadow_audit(revision: str, read: Read) -> LastShadowAudit | None:
    """The newest audit with that bundle beside it; None where there was none."""
    found = read(AuditLog(target=f"policy:{revision}", action=SHADOW_AUDITED, limit=1))
    return LastShadowAudit(found[0].at, ShadowTally(**found[0].detail)) if found else None
