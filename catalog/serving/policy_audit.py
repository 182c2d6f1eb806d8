"""The audit of what is served, run by the server itself while it serves."""

import logging
from asyncio import Event, create_task, timeout, to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from catalog.access.actor import SYSTEM
from catalog.bootstrap import Services
from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import CatalogError
from catalog.publishing.auditing.audit_served import audit_if_due

log = logging.getLogger("catalog.policy")


@asynccontextmanager
async def auditing(services: Services) -> AsyncIterator[None]:
    """Within the block an audit runs whenever one is due; of many servers on one store, one runs it.

    When the block ends, what is under way stops after the versions at hand.
    """
    cancellation, ended = Cancellation(), Event()

    async def watch() -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                async with timeout(services.settings.policy_audit_seconds):
                    await ended.wait()
            if not ended.is_set():
                await to_thread(_audit, services, cancellation)

    watching = create_task(watch())
    try:
        yield
    finally:
        cancellation.cancel()
        ended.set()
        await watching


def _audit(services: Services, cancellation: Cancellation) -> None:
    try:
        outcome = audit_if_due(SYSTEM, services.gate, cancellation)
    except CatalogError as error:
        log.warning("the audit of what is served did not come about: %s", error.message)
        return
    if outcome is not None:
        log.info(
            "audited %d served versions by %s, told %d times",
            outcome.versions,
            outcome.revision[:19],
            len(outcome.told),
        )
        if outcome.shadow is not None:
            log.info("beside it %s: %s", outcome.shadow.revision[:19], outcome.shadow.tally.plain)
