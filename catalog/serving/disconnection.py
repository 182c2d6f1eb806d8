"""Clients who hang up: what runs for them is cancelled."""

from asyncio import create_task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from catalog.domain.cancellation import Cancellation


@asynccontextmanager
async def cancelled_when_gone(request: Request) -> AsyncIterator[Cancellation]:
    """A cancellation that is said when the client of `request`, whose body was read, hangs up in the block."""
    cancellation = Cancellation()

    async def listen() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        cancellation.cancel()

    listening = create_task(listen())
    try:
        yield cancellation
    finally:
        listening.cancel()
