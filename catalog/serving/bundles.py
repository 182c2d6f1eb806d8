"""`GET /bundles/{point}`: the bundle in force at a point, for a stock OPA that polls."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request, Response

from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.bootstrap import Services
from catalog.domain.errors import NotFound
from catalog.policy.archive import build_bundle
from catalog.policy.bundle import Bundle
from catalog.policy.decision import EnforcementPoint
from catalog.serving.authentication import authenticate
from catalog.serving.errors import answered

MEDIA_TYPE: Final = "application/gzip"
_KEPT: Final = 8


def bundles_endpoint(services: Services) -> Callable[[Request], Awaitable[Response]]:
    """The handler: 200 with the bundle, 304 where the caller has it, for whoever may read policies.

    The entity tag is a digest of the bundle's bytes. Long polling and deltas are not offered.
    """

    kept: dict[str, tuple[bytes, str]] = {}

    def built(bundle: Bundle) -> tuple[bytes, str]:
        if bundle.revision not in kept:
            data = build_bundle(bundle, key=services.bundle_key)
            while len(kept) >= _KEPT:
                kept.pop(next(iter(kept)))
            kept[bundle.revision] = data, f'"{hashlib.sha256(data).hexdigest()}"'
        return kept[bundle.revision]

    def answer(authorization: str | None, name: str, held: str) -> Response:
        require(authenticate(authorization, services), Permission.ORGANISATION_POLICY_READ)
        if name not in set(EnforcementPoint):
            raise NotFound(
                f"There is no bundle {name!r}.", remedy=f"ask for one of {', '.join(EnforcementPoint)}"
            )
        data, tag = built(services.policies.now(EnforcementPoint(name)).bundle)
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        if tag in [one.strip().removeprefix("W/") for one in held.split(",")]:
            return Response(status_code=304, headers=headers)
        return Response(data, media_type=MEDIA_TYPE, headers=headers)

    async def handle(request: Request) -> Response:
        authorization, held = (request.headers.get(one) for one in ("authorization", "if-none-match"))
        return await answered(lambda: answer(authorization, request.path_params["point"], held or ""))

    return handle
