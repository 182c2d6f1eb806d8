"""Drafts that wait for the gate, as the schema shows them."""

from datetime import datetime

import strawberry

from catalog.access.sign_off import SignOff as DomainSignOff
from catalog.domain.people import Role
from catalog.store.projections.awaiting_drafts import AwaitingRow


@strawberry.type(description="One approval of one definition.")
class SignOff:
    """Who signed in which role."""

    role: Role
    subject: str
    at: datetime


@strawberry.type(description="A draft that is registered and not published.")
class Draft:
    """The latest draft of an asset."""

    asset: str
    version: str
    row_version: int
    digest: str
    definition_digest: str
    title: str
    description: str
    owner: str
    steward: str
    tier: str
    registered_at: datetime
    registered_by: str
    sign_offs: list[SignOff]


def draft_of(row: AwaitingRow) -> Draft:
    """The draft as the schema shows it."""
    return Draft(
        asset=str(row.key),
        version=row.version,
        row_version=row.row_version,
        digest=row.digest,
        definition_digest=row.definition_digest,
        title=row.title,
        description=row.description,
        owner=row.owner,
        steward=row.steward,
        tier=row.tier,
        registered_at=row.registered_at,
        registered_by=row.registered_by,
        sign_offs=[_sign_off_of(one) for one in row.sign_offs],
    )


def _sign_off_of(sign_off: DomainSignOff) -> SignOff:
    return SignOff(role=sign_off.role, subject=sign_off.subject, at=sign_off.at)
