"""The demo mesh, told once per worker on each kind of installation, with its server running."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flows.publishing_mesh import Engines, open_engines
from ports.store_examples import postgresql_database
from waiting import PATIENCE

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import issue_tokens
from catalog.cli.demonstration.story import Story, served
from catalog.cli.output import Output
from catalog.config import Settings

EMBEDDED = pytest.param("embedded", marks=pytest.mark.xdist_group("flow-embedded"))
AT_SCALE = pytest.param(
    "at scale", marks=[pytest.mark.postgresql, pytest.mark.opa, pytest.mark.xdist_group("opa")]
)
OPERATIONS = Path(__file__).resolve().parents[2] / "graphql" / "operations"


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    """What judges and measures, for all meshes of a file."""
    with open_engines() as opened:
        yield opened


@dataclass(frozen=True)
class Mesh:
    """A mesh that was registered, judged and published, behind a real server."""

    services: Services
    story: Story
    url: str
    tokens: dict[str, str]
    as_expected: bool

    def send(self, actor: str, query: str, /, **variables: Any) -> dict[str, Any]:
        """One request over HTTP as this actor; the whole answer, whatever its status."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        return raw(self.url, body, authorization=f"Bearer {self.tokens[actor]}")[1]

    def operation(self, actor: str, name: str, /, **variables: Any) -> dict[str, Any]:
        """One of the committed operations; its data, which must come without errors."""
        answer = self.send(actor, (OPERATIONS / f"{name}.graphql").read_text(), **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data


@pytest.fixture(scope="session", params=[EMBEDDED, AT_SCALE])
def mesh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """Embedded: SQLite and embedded Rego. At scale: PostgreSQL and an OPA server. DuckDB in both."""
    folder = tmp_path_factory.mktemp("mesh")
    (folder / "data").mkdir()
    with ExitStack() as stack:
        settings = _settings(folder, request.param, request.getfixturevalue, stack)
        services = stack.enter_context(Services(settings))
        story = Story(services, folder, Output("json"), scale=0.1)
        as_expected = story.tell()
        tokens = dict(issue_tokens(services, folder / "tokens.json"))
        url = stack.enter_context(served(services))
        yield Mesh(services, story, url, tokens, as_expected)


def _settings(folder: Path, kind: str, ask: Callable[[str], Any], stack: ExitStack) -> Settings:
    data = str(folder / "data")
    if kind == "embedded":
        return Settings(
            data_root=data,
            cache_root=str(folder / "cache"),
            database_url=f"sqlite:///{folder / 'catalog.db'}",
            demo=True,
            policy_deadline_seconds=PATIENCE,
            engine_deadline_seconds=PATIENCE,
        )
    url = stack.enter_context(postgresql_database(ask("postgresql_url")))
    return Settings(
        data_root=data,
        cache_root=str(folder / "cache"),
        database_url=url,
        policy_engine="opa",
        opa_url=ask("opa_url"),
        demo=True,
        policy_deadline_seconds=PATIENCE,
        engine_deadline_seconds=PATIENCE,
    )


def raw(
    url: str,
    body: bytes,
    *,
    authorization: str | None,
    accept: str = "*/*",
    content_type: str = "application/json",
) -> tuple[int, dict[str, Any]]:
    """One request with exactly these bytes and headers."""
    headers = {"content-type": content_type, "accept": accept}
    if authorization is not None:
        headers["authorization"] = authorization
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())
