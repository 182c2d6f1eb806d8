"""The audit log as the schema shows it to auditors."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from catalog.registry.ports import AuditRecord
from catalog.serving.graphql.types.scalar import Count


@strawberry.type(description="One change, chained to the one before by its hash.")
class AuditEntry:
    """A row of the audit log."""

    sequence: Count
    at: datetime
    actor: str
    action: str
    target: str
    detail: JSON
    hash: str


def audit_of(record: AuditRecord) -> AuditEntry:
    """The entry as the schema shows it."""
    return AuditEntry(
        sequence=Count(record.sequence),
        at=record.at,
        actor=record.actor,
        action=record.action,
        target=record.target,
        detail=JSON(dict(record.detail)),
        hash=record.hash,
    )
