"""The process's own figures of each answer, taken where the answer leaves."""

from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catalog.serving.health import Telemetry

_PATHS: Final = frozenset({"/graphql", "/health/live", "/health/ready", "/metrics"})


class Measured:
    """ASGI around an application: counts and times its answers by path, and forbids guessing their type."""

    def __init__(self, answer: ASGIApp, telemetry: Telemetry) -> None:
        self._answer = answer
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on as it comes; an answer that never began is not counted."""
        if scope["type"] != "http":
            await self._answer(scope, receive, send)
            return
        started, path = perf_counter(), _named(scope["path"])

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
                self._telemetry.requests.labels(path, str(message["status"])).inc()
                self._telemetry.seconds.labels(path).observe(perf_counter() - started)
            await send(message)

        await self._answer(scope, receive, tell)


def _named(path: str) -> str:
    return "/bundles" if path.startswith("/bundles/") else path if path in _PATHS else "other"
