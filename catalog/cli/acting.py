"""Who acts on the command line: the actor behind `CONCORD_TOKEN`, and nobody else."""

from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.domain.errors import Unauthenticated
from catalog.domain.identity import AssetKey
from catalog.serving.authentication import authenticate


def acting(services: Services) -> Actor:
    """The actor; raises `Unauthenticated` without a valid token."""
    if not services.settings.token:
        raise Unauthenticated(
            "No token says who acts.", remedy="set CONCORD_TOKEN; `concord token issue` makes one"
        )
    try:
        return authenticate(f"Bearer {services.settings.token}", services)
    except Unauthenticated as error:
        raise Unauthenticated(
            "CONCORD_TOKEN is no valid token: unknown to this store, expired or revoked.",
            remedy="`concord token issue` makes a new one in the store of CONCORD_DATABASE_URL",
        ) from error


def asset(text: str) -> AssetKey:
    """An asset key from the command line, as `metric:sales.gmv`."""
    return AssetKey.parse(text)
