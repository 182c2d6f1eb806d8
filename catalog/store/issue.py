"""Issues and revokes tokens: the grant, its digest and its audit row in one transaction."""

from datetime import datetime

from uuid_utils import uuid7

from catalog.access.actor import Actor
from catalog.access.token import TokenGrant, new_token, token_digest
from catalog.domain.errors import NotFound
from catalog.store.unit_of_work import Store


def issue(store: Store, actor: Actor, expires_at: datetime, issuer: Actor) -> tuple[str, TokenGrant]:
    """The token's text, which is kept nowhere, and its grant."""
    token = new_token()
    grant = TokenGrant(str(uuid7()), actor, expires_at)
    detail = {"subject": actor.subject, "team": actor.team, "application": actor.application}
    with store.open(issuer) as unit:
        unit.tokens.add(grant, token_digest(token))
        unit.record("token.issued", grant.token_id, detail)
        unit.commit()
    return token, grant


def revoke(store: Store, token_id: str, at: datetime, revoker: Actor) -> None:
    """Close a token for good; raises `NotFound` where there is none of that id that is still open."""
    with store.open(revoker) as unit:
        if not unit.tokens.revoke(token_id, at):
            raise NotFound(
                f"No open token has the id {token_id[:64]!r}.", remedy="`concord token list` shows them"
            )
        unit.record("token.revoked", token_id, {})
        unit.commit()
