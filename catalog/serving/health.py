"""Is it alive, is it ready, what does it do: probes for machines."""

from collections.abc import Callable
from typing import Any

import orjson
from anyio.to_thread import run_sync
from fastapi import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from catalog.access.actor import SYSTEM
from catalog.bootstrap import Services
from catalog.domain.errors import CatalogError
from catalog.policy.decision import EnforcementPoint
from catalog.store.projections.domains import Domains


class Telemetry:
    """The process's own figures in a registry of its own, so that two applications never meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "concord_http_requests",
            "Requests by path and status.",
            ["path", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "concord_http_request_seconds", "Time to answer, by path.", ["path"], registry=self.registry
        )
        self.engines_differ = Gauge(
            "concord_policy_engines_differ",
            "Bundles about which two policy engines were seen to differ.",
            registry=self.registry,
        )

    def page(self) -> Response:
        """All figures in Prometheus text format."""
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


def live() -> Response:
    """200 while the process lives."""
    return _answer(200, {"status": "live"})


async def ready(services: Services) -> Response:
    """200 when every part answers; 503 and the parts that do not."""
    parts = {
        "store": lambda: services.store.read(SYSTEM, Domains(limit=1)),
        "policy": lambda: services.policies.now(EnforcementPoint.PUBLISH).bundle.revision,
        "engine": lambda: services.sql_engine.version,
    }
    failing = [name for name, probe in parts.items() if not await run_sync(_answers, probe)]
    status = 503 if failing else 200
    told = {"status": "not ready" if failing else "ready", "failing": failing, "demo": services.settings.demo}
    return _answer(status, told)


def _answers(probe: Callable[[], object]) -> bool:
    try:
        probe()
    except CatalogError:
        return False
    return True


def _answer(status: int, content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), status, {"cache-control": "no-store"}, "application/json")
