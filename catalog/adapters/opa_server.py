"""A remote policy engine: an OPA server, through opa-python-client's asynchronous client.

One client is made for the life of the engine, on a thread of its own. A server may serve several catalogs, and each
several bundles: every bundle stands below a root of its own. An answer counts only if it names the revision that was
asked for; otherwise the bundle is brought again and the question repeated once.
"""

import asyncio
import ipaddress
import json
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from opa_client.errors import DeleteDataError, DeletePolicyError, PolicyNotFoundError, RegoParseError

from catalog.adapters.breaker import Breaker
from catalog.adapters.opa_bundles import OpaBundles
from catalog.adapters.opa_client import OpaConnections, OpaThread, Refused
from catalog.domain.errors import CatalogError, ConfigInvalid, PolicyUnavailable, PolicyUndefined, RuleFailed
from catalog.domain.finding import Place
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Violation
from catalog.policy.entrypoint import violations_of

MAX_VIEWS: Final = 200
AT_ONCE: Final = 4
_FEWEST_VIEWS: Final = 8
_AWAY: Final = {502, 503, 504}
# Without strict errors a builtin that fails is undefined, and a rule that is undefined reports nothing.
_STRICT: Final = {"strict-builtin-errors": "true", "provenance": "true"}

Views = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Where a bundle answers; another one each time that it is found or brought."""

    package: str


class OpaServer:
    """A `PolicyEngine` over HTTP; safe to use from many threads.

    `url` is scheme, host and port; without TLS only on loopback. `ca_file` names the certificates of a private
    authority. `catalog` tells catalogs in one server apart. Many views are asked in parts, `AT_ONCE` of them at a
    time; the deadline holds for all of them together.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        ca_file: str = "",
        catalog: str = "",
        breaker: Breaker | None = None,
    ) -> None:
        host, port, is_tls = _address(url)
        self.version = "opa"
        self._client = OpaConnections(host, port, tls=_tls(ca_file) if is_tls else None, token=token)
        self._bundles = OpaBundles(self._client, catalog)
        self._held: dict[str, _Held] = {}
        self._bringing = asyncio.Lock()
        self._breaker = breaker or Breaker()
        self._thread = OpaThread(self._client)

    def evaluate(self, bundle: Bundle, views: Views, *, deadline_seconds: float) -> list[list[Violation]]:
        """The violations of each view; the bundle is brought where the server lacks it."""
        if not self._breaker.may_ask():
            raise PolicyUnavailable("the OPA server gave no answer of late and is left alone for a while")
        with _calling(self._breaker, partial(self._bundles.place, bundle)):
            return self._thread.run(self._answers(bundle, views, deadline_seconds))

    def close(self) -> None:
        """Close the connections; who waits for an answer is told that there is none."""
        self._thread.close()

    async def _answers(self, bundle: Bundle, views: Views, seconds: float) -> list[list[Violation]]:
        turns = asyncio.Semaphore(AT_ONCE)
        size = min(MAX_VIEWS, max(_FEWEST_VIEWS, -(-len(views) // AT_ONCE)))
        async with asyncio.timeout(seconds):
            parts = [
                asyncio.ensure_future(self._part(bundle, views[start : start + size], turns))
                for start in range(0, len(views), size)
            ]
            try:
                return [one for answers in await asyncio.gather(*parts) for one in answers]
            finally:
                for part in parts:
                    part.cancel()

    async def _part(self, bundle: Bundle, views: Views, turns: asyncio.Semaphore) -> list[list[Violation]]:
        async with turns:
            held = self._held.get(bundle.revision) or await self._hold(bundle, None)
            try:
                return await self._ask(bundle, views, held)
            except PolicyUndefined:
                held = await self._hold(bundle, held)
                return await self._ask(bundle, views, held)

    async def _ask(self, bundle: Bundle, views: Views, held: _Held) -> list[list[Violation]]:
        asked = {"views": list(views)}
        body = await self._client.query_rule(asked, held.package, "answers", query_params=_STRICT)
        match body:
            case {"result": list(answers)} if len(answers) == len(views):
                self._note_version(body)
                return [
                    violations_of(bundle, view, answer) for view, answer in zip(views, answers, strict=True)
                ]
        raise PolicyUndefined("the OPA server's answer is no list of decisions, one for each view")

    async def _hold(self, bundle: Bundle, seen: _Held | None) -> _Held:
        """Bring the bundle, unless somebody else has since `seen`; one not looked for yet may be there already."""
        async with self._bringing:
            known = self._held.get(bundle.revision)
            if known is not None and known is not seen:
                return known
            package = "" if seen else await self._bundles.find(bundle)
            held = _Held(package or await self._bundles.bring(bundle))
            self._held[bundle.revision] = held
            return held

    def _note_version(self, body: Mapping[str, Any]) -> None:
        match body.get("provenance"):
            case {"version": str(version)}:
                self.version = f"opa {version}"


def _address(url: str) -> tuple[str, int, bool]:
    parts = urlsplit(url)
    try:
        usual = {"https": 443, "http": 8181}[parts.scheme]
        port = parts.port or usual
    except (KeyError, ValueError) as error:
        raise ConfigInvalid(f"{url!r} is no address of an OPA server", remedy=_ADDRESS) from error
    host = parts.hostname or ""
    if not host or parts.path not in {"", "/"} or parts.query or parts.username:
        raise ConfigInvalid(f"{url!r} is no address of an OPA server", remedy=_ADDRESS)
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigInvalid(f"{host} would be asked without TLS", remedy="Use https, or OPA on loopback.")
    return f"[{host}]" if ":" in host else host, port, parts.scheme == "https"


_ADDRESS: Final = "Write scheme, host and port and nothing else, as http://127.0.0.1:8181."


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise ConfigInvalid(
            f"{ca_file!r} holds no certificates that can be read.",
            remedy="Name a PEM file in CONCORD_OPA_CA_FILE.",
        ) from error


@contextmanager
def _calling(breaker: Breaker, place: Callable[[str, int], Place]) -> Iterator[None]:
    """Every fault of the wire is `PolicyUnavailable`.

    The breaker is told of servers that are not there; one that answers with a fault of its own is.
    """
    try:
        yield
        breaker.succeeded()
    except CatalogError:
        breaker.succeeded()
        raise
    except TimeoutError as error:
        breaker.failed()
        raise PolicyUnavailable("the OPA server gave no answer within the deadline") from error
    except Refused as error:
        (breaker.failed if error.status in _AWAY else breaker.succeeded)()
        raise _refusal(error, place) from error
    except aiohttp.ContentTypeError as error:
        raise PolicyUnavailable("the OPA server's answer is not OPA's") from error
    except (aiohttp.ClientError, OSError) as error:
        breaker.failed()
        raise PolicyUnavailable(f"the OPA server gave no answer: {type(error).__name__}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PolicyUnavailable("the OPA server's answer is not OPA's") from error
    except (PolicyNotFoundError, DeletePolicyError, DeleteDataError, RegoParseError) as error:
        raise PolicyUnavailable(f"the OPA server refused: {error.message}") from error


def _refusal(error: Refused, place: Callable[[str, int], Place]) -> PolicyUnavailable:
    """What OPA says about a question it could not answer, with the place in the rule where it names one."""
    try:
        first = json.loads(error.body)["errors"][0]
        at = place(first["location"]["file"], int(first["location"]["row"]))
        message = f"a rule could not be evaluated: {at.file}:{at.line}: {first['message']}"
        return RuleFailed(message, modules=[at.file])
    except (ValueError, AttributeError, IndexError, KeyError, TypeError):
        return PolicyUnavailable(f"the OPA server answered {error.status}")
