"""A remote policy engine: an OPA server, through opa-python-client.

The server belongs to one catalog: it holds one bundle at a time, pushed under `concord/` and `data.org`,
`data.domains`. An answer counts only if it names the revision that was asked for; otherwise the bundle is
pushed again and the question repeated once. Two catalogs with different bundles need two servers.
"""

import copy
import ipaddress
import math
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from opa_client import OpaClient
from opa_client.errors import (
    DeletePolicyError,
    PolicyNotFoundError,
    RegoParseError,
)

from catalog.adapters.breaker import Breaker
from catalog.domain.errors import BundleInvalid, ConfigInvalid, PolicyUnavailable, PolicyUndefined, RuleFailed
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Bundle, Module
from catalog.policy.decision import Violation
from catalog.policy.entrypoint import PACKAGE, PATH, entrypoint, violations_of

MAX_VIEWS: Final = 200
_AWAY: Final = {502, 503, 504}
_PREFIX: Final = "concord/"
_MODULE_PATH: Final = re.compile(r"[a-z0-9_/-]+\.rego\Z")
# Without strict errors a builtin that fails is undefined, and a rule that is undefined reports nothing.
_STRICT: Final = {"strict-builtin-errors": "true", "provenance": "true"}


class _Client(OpaClient):  # type: ignore[misc]  # the library has no types
    """The client without proxies, redirects or credentials from the surroundings, and with one deadline."""

    ends_at = math.inf

    @property
    def timeout(self) -> float:
        """What is left of the deadline."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise requests.Timeout
        return left

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        """The library sets a timeout of its own; only the deadline counts."""

    def _init_session(self) -> requests.Session:
        session: requests.Session = super()._init_session()
        session.trust_env = False
        session.max_redirects = 0
        return session

    def get_policies_list(self) -> list[str]:
        """As the library's, but without the slash at the end that OPA answers with a redirect."""
        response = self._session.get(f"{self.root_url}/policies", timeout=self.timeout)
        response.raise_for_status()
        return [one["id"] for one in response.json()["result"]]


class OpaServer:
    """A `PolicyEngine` over HTTP; safe to use from many threads.

    `url` is scheme, host and port; without TLS only on loopback. `ca_file` names the certificates of a
    private authority. The deadline holds for each wait for bytes; a server that drips them can pass it.
    """

    def __init__(
        self, url: str, *, token: str = "", ca_file: str = "", breaker: Breaker | None = None
    ) -> None:
        host, port, is_tls = _address(url)
        self.version = "opa"
        self._client = _Client(
            host, port, ssl=(ca_file or True) if is_tls else False, token=token or None, retries=0
        )
        self._pushing = threading.Lock()
        self._held = (0, "")
        self._breaker = breaker or Breaker()

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[list[Violation]]:
        """The violations of each view, asked in batches; the bundle is pushed where the server lacks it."""
        if not self._breaker.may_ask():
            raise PolicyUnavailable("the OPA server gave no answer of late and is left alone for a while")
        ends_at = time.monotonic() + deadline_seconds
        found: list[list[Violation]] = []
        for start in range(0, len(views), MAX_VIEWS):
            batch = views[start : start + MAX_VIEWS]
            if self._held[1] != bundle.revision:
                self._hold(bundle, self._held, ends_at)
            seen = self._held
            try:
                found += self._ask(bundle, batch, ends_at)
            except PolicyUndefined:
                self._hold(bundle, seen, ends_at)
                found += self._ask(bundle, batch, ends_at)
        return found

    def close(self) -> None:
        """Close the connections."""
        self._client.close_connection()

    def _ask(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], ends_at: float
    ) -> list[list[Violation]]:
        with _calling(self._client, ends_at, self._breaker) as client:
            body = client.query_rule({"views": list(views)}, PACKAGE, "answers", query_params=_STRICT)
        match body:
            case {"result": list(answers)} if len(answers) == len(views):
                self._note_version(body)
                return [
                    violations_of(bundle, view, answer) for view, answer in zip(views, answers, strict=True)
                ]
        raise PolicyUndefined("the OPA server's answer is no list of decisions, one for each view")

    def _hold(self, bundle: Bundle, seen: tuple[int, str], ends_at: float) -> None:
        """Bring the server to this bundle, unless another thread has since `seen`.

        A server that was not looked at yet may hold it already; one that should hold it is brought anew.
        """
        with self._pushing, _calling(self._client, ends_at, self._breaker) as client:
            if self._held != seen and self._held[1] == bundle.revision:
                return
            if seen[1] == bundle.revision or _revision(client) != bundle.revision:
                _push(client, bundle)
            self._held = (self._held[0] + 1, bundle.revision)

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


@contextmanager
def _calling(client: _Client, ends_at: float, breaker: Breaker) -> Iterator[Any]:
    """The client with what is left of the deadline; every fault of the wire is `PolicyUnavailable`.

    The breaker is told of servers that are not there; one that answers with a fault of its own is.
    """
    one = copy.copy(client)
    one.ends_at = ends_at
    try:
        yield one
        breaker.succeeded()
    except requests.Timeout as error:
        breaker.failed()
        raise PolicyUnavailable("the OPA server gave no answer within the deadline") from error
    except requests.HTTPError as error:
        (breaker.failed if _is_away(error) else breaker.succeeded)()
        raise _refusal(error) from error
    except requests.RequestException as error:
        breaker.failed()
        raise PolicyUnavailable(f"the OPA server gave no answer: {type(error).__name__}") from error
    except (PolicyNotFoundError, DeletePolicyError, RegoParseError) as error:
        raise PolicyUnavailable(f"the OPA server refused: {error.message}") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise PolicyUnavailable("the OPA server's answer is not OPA's") from error


def _revision(client: Any) -> object:
    return client.query_rule({}, PACKAGE, "revision").get("result")


def _push(client: Any, bundle: Bundle) -> None:
    """The entrypoint goes first and comes last, so that no half of a bundle ever answers."""
    modules = {_endpoint(module): module for module in bundle.modules}
    first = _PREFIX + PATH
    held = {name for name in client.get_policies_list() if name.startswith(_PREFIX)}
    for stale in sorted(held - modules.keys(), key=lambda name: name != first):
        _delete(client, stale)
    for name, module in modules.items():
        _upload(client, name, module)
    for root in ("org", "domains"):
        client.update_or_create_data(dict(bundle.data.get(root, {})), root)
    _upload(client, first, entrypoint(bundle))


def _delete(client: Any, name: str) -> None:
    """Delete a policy; another catalog server may have been first."""
    try:
        client.delete_policy(name)
    except DeletePolicyError as error:
        if error.expression != "resource_not_found":
            raise


def _endpoint(module: Module) -> str:
    if not _MODULE_PATH.match(module.path):
        raise PolicyUnavailable(f"{module.path!r} cannot be the name of a policy in OPA")
    return _PREFIX + module.path


def _upload(client: Any, name: str, module: Module) -> None:
    """Put the reviewed text, never a rewritten one, and see that the server holds it."""
    try:
        client.update_policy_from_string(module.source, name, rego_compat=False)
    except RegoParseError as error:
        if not error.errors:
            raise
        raise BundleInvalid(findings=[_finding(module, one) for one in error.errors]) from error
    if client.get_policy(name)["result"]["raw"] != module.source:
        raise PolicyUnavailable(f"the OPA server holds another text of {module.path}")


def _is_away(error: requests.HTTPError) -> bool:
    return error.response is None or error.response.status_code in _AWAY


def _refusal(error: requests.HTTPError) -> PolicyUnavailable:
    """What OPA says about a question it could not answer, with the place in the rule where it names one."""
    assert error.response is not None, "it is raised for a response"
    try:
        first = error.response.json()["errors"][0]
        path = first["location"]["file"].removeprefix(_PREFIX)
        message = f"{path}:{first['location']['row']}: {first['message']}"
        return RuleFailed(f"a rule could not be evaluated: {message}", modules=[path])
    except (requests.JSONDecodeError, AttributeError, IndexError, KeyError, TypeError):
        return PolicyUnavailable(f"the OPA server answered {error.response.status_code}")


def _finding(module: Module, error: Mapping[str, Any]) -> Finding:
    location = error.get("location", {})
    file = str(location.get("file", "")).removeprefix(_PREFIX) or module.path
    place = Place(file, int(location.get("row", 0)), int(location.get("col", 0)))
    message = f"The rule does not compile: {error.get('message', '')}."
    return FindingCode.POLICY_RULE_INVALID.at(place, message, remedy="Mend the Rego at this position.")
