"""`GET /waivers`: what the store knows of waivers and first publications, as a file for CI, which has no store."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from fastapi import Request, Response

from catalog.access.actor import Actor
from catalog.access.decide import restriction_of
from catalog.bootstrap import Services
from catalog.policy.store_facts import StoreFacts
from catalog.policy.store_facts_file import write_store_facts
from catalog.policy.waiver_request import WaiverRequest, waivers_of
from catalog.serving.authentication import authenticate
from catalog.serving.errors import answered
from catalog.store.projections.first_publications import FirstPublication, FirstPublications
from catalog.store.projections.policy_waivers import PolicyWaivers

_PAGE: Final = 500


def store_facts(actor: Actor, services: Services) -> bytes:
    """The file, of the domains that the actor may see; signed where the settings name a key for bundles."""
    facts = StoreFacts(
        services.clock.now(),
        waivers_of(_approved(actor, services)),
        {str(one.key): one.at for one in _published(actor, services)},
        restriction_of(actor),
    )
    return write_store_facts(facts, key=services.bundle_key)


def _approved(actor: Actor, services: Services) -> Iterator[WaiverRequest]:
    after, domains = "", restriction_of(actor)
    while True:
        page = services.store.read(
            actor, PolicyWaivers(domains=domains, after=after, limit=_PAGE, approved=True)
        )
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _published(actor: Actor, services: Services) -> Iterator[FirstPublication]:
    after, domains = "", restriction_of(actor)
    while True:
        page = services.store.read(actor, FirstPublications(domains, after, _PAGE))
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].cursor


def waivers_endpoint(services: Services) -> Callable[[Request], Awaitable[Response]]:
    """The handler: 200 with the file, of the domains of whoever asks."""

    def answer(authorization: str | None) -> Response:
        data = store_facts(authenticate(authorization, services), services)
        headers = {"cache-control": "private, no-cache"}
        return Response(data, media_type="application/json", headers=headers)

    async def handle(request: Request) -> Response:
        return await answered(lambda: answer(request.headers.get("authorization")))

    return handle
