"""`GET /waivers`: the store's approved waivers as a file for CI, which has no store."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request, Response

from catalog.access.actor import Actor
from catalog.access.decide import restriction_of
from catalog.bootstrap import Services
from catalog.policy.waiver_list import write_waiver_list
from catalog.policy.waiver_request import WaiverRequest, waivers_of
from catalog.serving.authentication import authenticate
from catalog.serving.errors import answered
from catalog.store.projections.policy_waivers import PolicyWaivers

_PAGE: Final = 500


def waiver_list(actor: Actor, services: Services) -> bytes:
    """The file, of the domains that the actor may see; signed where the settings name a key for bundles."""
    found: list[WaiverRequest] = []
    after, domains = "", restriction_of(actor)
    while True:
        page = services.store.read(
            actor, PolicyWaivers(domains=domains, after=after, limit=_PAGE, approved=True)
        )
        found += page
        if len(page) < _PAGE:
            break
        after = page[-1].id
    return write_waiver_list(waivers_of(found), services.clock.now(), key=services.bundle_key)


def waivers_endpoint(services: Services) -> Callable[[Request], Awaitable[Response]]:
    """The handler: 200 with the file, of the domains of whoever asks."""

    def answer(authorization: str | None) -> Response:
        data = waiver_list(authenticate(authorization, services), services)
        headers = {"cache-control": "private, no-cache"}
        return Response(data, media_type="application/json", headers=headers)

    async def handle(request: Request) -> Response:
        return await answered(lambda: answer(request.headers.get("authorization")))

    return handle
