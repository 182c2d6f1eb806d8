"""One server process: it answers until it is told to stop, then finishes what it began."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from catalog.bootstrap import Services
from catalog.config import Settings
from catalog.serving.application import application

_SHUTDOWN_SECONDS: Final = 10
_COLLECT_AFTER: Final = 10_000


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; parts that do not start end the process before it listens."""
    services = Services(settings)
    try:
        _ = services.store, services.bundle, services.signer
        running = server(services, settings.port)
        with keeping_what_is_loaded():
            running.run()
    finally:
        services.close()
    return 0


def server(services: Services, port: int) -> uvicorn.Server:
    """A configured server on the settings' host, for this process or for a thread."""
    return uvicorn.Server(
        uvicorn.Config(
            application(services),
            host=services.settings.host,
            port=port,
            log_level="warning",
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )


@contextmanager
def keeping_what_is_loaded() -> Iterator[None]:
    """Modules and schema outlast the block: garbage is looked for among what requests leave behind only."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.unfreeze()
