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
    rows: Count
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
        rows=Count(row.rows),
        query=JSON(row.query),
    )
