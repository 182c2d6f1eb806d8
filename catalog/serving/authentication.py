"""From a bearer token to an actor; no other header, parameter or cookie says who asks."""

from catalog.access.actor import Actor
from catalog.access.token import token_digest
from catalog.bootstrap import Services
from catalog.domain.errors import Unauthenticated

_SCHEME = "bearer "


def authenticate(authorization: str | None, services: Services) -> Actor:
    """The actor that the `Authorization` header proves; raises `Unauthenticated`.

    Unknown, expired and revoked tokens look the same.
    """
    header = authorization or ""
    token = header[len(_SCHEME) :].strip() if header.lower().startswith(_SCHEME) else ""
    grant = services.store.find_token(token_digest(token)) if token else None
    if grant is None or not grant.holds_at(services.clock.now()):
        raise Unauthenticated(remedy="send `Authorization: Bearer <token>` with a valid API token")
    return grant.actor
