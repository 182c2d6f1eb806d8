"""OPA's REST interface through opa-python-client, on an event loop and a thread of its own."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import aiohttp
import orjson
from opa_client.opa_async import AsyncOpaClient

from catalog.domain.errors import PolicyUnavailable

_CONNECTIONS: Final = 16
_REDIRECT: Final = 300
_REFUSED: Final = 400
_FAULTY: Final = 500

_T = TypeVar("_T")


class Refused(Exception):
    """The server answered a question with another status than 200; `body` is what it said."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"status {status}")
        self.status, self.body = status, body


class OpaConnections(AsyncOpaClient):  # type: ignore[misc]  # the library has no types
    """The library's client without retries, redirects, deadlines, or proxies and credentials of the surroundings."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, token: str) -> None:
        super().__init__(host, port, ssl=tls is not None, token=token or None, retries=0)
        self._tls = tls

    async def _init_session(self) -> None:
        self._connector = aiohttp.TCPConnector(ssl=self._tls or True, limit=_CONNECTIONS)
        self._session = aiohttp.ClientSession(
            headers=self.headers,
            connector=self._connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            json_serialize_bytes=orjson.dumps,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    @asynccontextmanager
    async def _request(self, method: str, url: str, **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request; the library reads only what a server says about a module or a document."""
        async with self._session.request(method, url, allow_redirects=False, **more) as response:
            status = response.status
            is_question = method == "POST"
            if status >= _FAULTY or _REDIRECT <= status < _REFUSED or (is_question and status >= _REFUSED):
                raise Refused(status, await response.read())
            yield response


class OpaThread:
    """Runs what others ask of a client on its own thread; safe to use from many threads."""

    def __init__(self, client: OpaConnections) -> None:
        self._client = client
        self._closed = False
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="opa-client", daemon=True)
        self._thread.start()
        self.run(client._init_session())

    def run(self, asked: Coroutine[Any, Any, _T]) -> _T:
        """The result, or what was raised; `PolicyUnavailable` when the client is or was closed meanwhile."""
        with self._lock:
            if self._closed:
                asked.close()
                raise PolicyUnavailable("the policy engine is closed")
            waited_for = asyncio.run_coroutine_threadsafe(asked, self._loop)
        try:
            return waited_for.result()
        except CancelledError as error:
            raise PolicyUnavailable("the policy engine is closed") from error
        except BaseException:  # law: whoever stops waiting, for any reason, ends the question
            waited_for.cancel()
            raise

    def close(self) -> None:
        """Cancel what is under way and end connections and thread; nothing where that was done."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for one in under_way:
            one.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._client.close_connection()
        await self._loop.shutdown_asyncgens()
