"""API tokens as the store knows them: by digest, never by text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, select, update

from catalog.access.actor import Actor
from catalog.access.token import TokenGrant
from catalog.domain.clock import Clock
from catalog.domain.errors import Conflict
from catalog.domain.people import Role
from catalog.store.tables.logs import api_tokens
from catalog.store.transaction import Transaction

# Asked at every request: building it anew costs thrice what running it does.
_BY_DIGEST: Final = select(api_tokens).where(api_tokens.c.digest == bindparam("asked"))


class Tokens:
    """Grants by the digest of their token; granting and revoking are changes that must be audited."""

    def __init__(self, transaction: Transaction, clock: Clock, subject: str) -> None:
        self._transaction = transaction
        self._clock = clock
        self._subject = subject

    def add(self, grant: TokenGrant, digest: str) -> None:
        """Store a grant; raises `Conflict` when its id or digest is taken."""
        row = {
            "token_id": grant.token_id,
            "digest": digest,
            "subject": grant.actor.subject,
            "team": grant.actor.team,
            "application": grant.actor.application,
            "roles": {domain: sorted(roles) for domain, roles in grant.actor.roles.items()},
            "created_at": self._clock.now(),
            "created_by": self._subject,
            "expires_at": grant.expires_at,
            "revoked_at": grant.revoked_at,
        }
        if not self._transaction.add(api_tokens, row):
            raise Conflict(f"The token {grant.token_id} is already stored.")

    def find(self, digest: str) -> TokenGrant | None:
        """The grant behind a token, expired and revoked ones too: `holds_at` says whether it opens doors."""
        row = self._transaction.first(_BY_DIGEST, {"asked": digest})
        return None if row is None else grant_of(row)

    def revoke(self, token_id: str, at: datetime) -> bool:
        """Close a token for good; False when it is unknown or was closed before."""
        open_one = update(api_tokens).where(
            api_tokens.c.token_id == token_id, api_tokens.c.revoked_at.is_(None)
        )
        return self._transaction.write(open_one.values(revoked_at=at)) == 1


def grant_of(row: Row[Any]) -> TokenGrant:
    """The grant that a row of `api_tokens` holds."""
    actor = Actor(row.subject, row.team, row.application, _roles(row.roles))
    return TokenGrant(row.token_id, actor, row.expires_at, row.revoked_at)


def _roles(stored: Mapping[str, list[str]]) -> dict[str, frozenset[Role]]:
    return {domain: frozenset(Role(role) for role in roles) for domain, roles in stored.items()}
