"""The access log as the schema shows it to auditors."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from catalog.serving.graphql.types.scalar import Count
from catalog.store.projections.access_log import AccessRow


@strawberry.type(description="One read of a governed metric: who, for whom, what, when, how much.")
class AccessEntry:
    """A row of the access log."""

    at: datetime
    subject: str
    team: str
    application: str
    asset: str
    version: str
    decision_id: str
    allowed: bool
    rows: Count | None = strawberry.field(
        description="Null where an error ended the read, and where it is not known, or not yet, what came of it."
    )
    fault: str = strawberry.field(
        description="The code of the error that ended the read; empty where none did."
    )
    query: JSON


def access_of(row: AccessRow) -> AccessEntry:
    """The entry as the schema shows it."""
    return AccessEntry(
        at=row.at,
        subject=row.subject,
        team=row.team,
        application=row.application,
        asset=str(row.key),
        version=row.version,
        decision_id=row.decision_id,
        allowed=row.allowed,
        rows=None if row.rows is None else Count(row.rows),
        fault=row.fault,
        query=JSON(row.query),
    )
