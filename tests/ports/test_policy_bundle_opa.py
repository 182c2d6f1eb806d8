"""A stock OPA takes the catalog's bundles: it verifies their signature, polls them, and decides alike."""

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ports.policy_keys import key_files
from ports.policy_views import sound_views
from unit.policy.policy_examples import POLICIES, product_draft, real_bundle, view
from waiting import PATIENCE, until

from catalog.access.actor import EVERYWHERE, SYSTEM, Actor
from catalog.adapters.opa_server import OpaServer
from catalog.adapters.pem_key import PemKey
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.bootstrap import Services
from catalog.cli.demonstration.story import served
from catalog.config import Settings
from catalog.domain.document import Document
from catalog.domain.people import Role
from catalog.policy.archive import build_bundle
from catalog.policy.decision import EnforcementPoint
from catalog.policy.entrypoint import violations_of
from catalog.policy.lifecycle import Mode
from catalog.policy.signature import SharedKey
from catalog.policy.source import read_files
from catalog.policy.store_facts_file import read_store_facts
from catalog.publishing.bundles.activate import ActivateCommand, activate
from catalog.publishing.bundles.upload import UploadCommand, upload
from catalog.publishing.bundles.validate import validate_bundle
from catalog.store import migrate
from catalog.store.issue import issue

KEY = "a secret shared by two, 32 bytes"
ENGINEER = Actor("edda", "policy", "cli", {EVERYWHERE: frozenset({Role.POLICY_ENGINEER})})
APPROVER = Actor("anna", "policy", "cli", {EVERYWHERE: frozenset({Role.POLICY_ENGINEER})})
CONSUMER = Actor("carl", "planning", "cli", {"sales": frozenset({Role.CONSUMER})})


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("catalog")
    url = f"sqlite:///{folder / 'catalog.db'}"
    migrate.upgrade(url)
    settings = Settings(
        data_root=str(folder),
        database_url=url,
        demo=True,
        policy_signing_key=KEY,
        policy_deadline_seconds=PATIENCE,
    )
    with Services(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def url(services: Services) -> Iterator[str]:
    """The catalog's own address, without the door that `served` names."""
    with served(services) as graphql:
        yield graphql.removesuffix("/graphql")


def token(services: Services, actor: Actor) -> str:
    return issue(services.store, actor, services.clock.now() + timedelta(hours=1), SYSTEM)[0]


def fetch(url: str, bearer: str = "", held: str = "") -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url)
    if bearer:
        request.add_header("Authorization", f"Bearer {bearer}")
    if held:
        request.add_header("If-None-Match", held)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, dict(refused.headers), refused.read()


def test_a_bundle_is_given_once_and_then_not_again(services: Services, url: str) -> None:
    bearer = token(services, ENGINEER)
    status, headers, body = fetch(f"{url}/bundles/publish", bearer)
    assert (status, body) == (200, build_bundle(real_bundle(), key=SharedKey(KEY)))
    assert headers["content-type"] == "application/gzip"
    again, headers_again, nothing = fetch(f"{url}/bundles/publish", bearer, headers["etag"])
    assert (again, nothing, headers_again["etag"]) == (304, b"", headers["etag"])
    assert fetch(f"{url}/bundles/publish", bearer, '"another", W/' + headers["etag"])[0] == 304
    assert fetch(f"{url}/bundles/publish", bearer, '"another"')[0] == 200


def test_bundles_are_for_those_who_may_read_policies(services: Services, url: str) -> None:
    assert fetch(f"{url}/bundles/publish")[0] == 401
    assert fetch(f"{url}/bundles/publish", "wrong")[0] == 401
    assert fetch(f"{url}/bundles/publish", token(services, CONSUMER))[0] == 403
    status, _, body = fetch(f"{url}/bundles/nothing", token(services, ENGINEER))
    assert (status, json.loads(body)["code"]) == (404, "NOT_FOUND")


@pytest.mark.opa
def test_opas_own_tool_verifies_the_signature(opa_binary: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.tar.gz"
    bundle.write_bytes(build_bundle(real_bundle(), key=SharedKey(KEY)))

    def build(key: str) -> int:
        command = [opa_binary, "build", "--bundle", str(bundle), "--output", str(tmp_path / "out.tar.gz")]
        signed = ["--signing-alg", "HS256", "--verification-key", key, "--verification-key-id", "concord"]
        return subprocess.run([*command, *signed], capture_output=True, check=False).returncode

    assert build(KEY) == 0
    assert build(KEY[::-1]) != 0


@pytest.mark.opa
def test_opas_own_tool_verifies_with_the_public_key_alone(opa_binary: str, tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    bundle = tmp_path / "bundle.tar.gz"
    bundle.write_bytes(build_bundle(real_bundle(), key=PemKey(private)))
    command = [opa_binary, "build", "--bundle", str(bundle), "--output", str(tmp_path / "out.tar.gz")]
    for key, expected in ((public, 0), (key_files(tmp_path / "other")[1], 1)):
        signed = [
            "--signing-alg",
            "ES256",
            "--verification-key",
            str(key),
            "--verification-key-id",
            "concord",
        ]
        ran = subprocess.run([*command, *signed], capture_output=True, text=True, check=False)
        assert ran.returncode == expected, ran.stderr


@pytest.mark.opa
def test_a_stock_opa_polls_a_bundle_signed_with_a_private_key(opa_binary: str, tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    settings = Settings(
        data_root=str(tmp_path),
        database_url=f"sqlite:///{tmp_path / 'catalog.db'}",
        demo=True,
        policy_signing_key_file=str(private),
        policy_deadline_seconds=PATIENCE,
    )
    migrate.upgrade(settings.database_url)
    wanted, (_, other) = real_bundle().revision, key_files(tmp_path / "other")
    with Services(settings) as opened, served(opened) as graphql:
        catalog, bearer = graphql.removesuffix("/graphql"), token(opened, ENGINEER)
        with polling_opa(opa_binary, tmp_path, catalog, bearer, ("ES256", public.read_text())) as opa:
            wait_for(opa, wanted)
            engine = OpaServer(opa)
            [answer] = engine.evaluate(real_bundle(), [view(product_draft())], deadline_seconds=PATIENCE)
            assert (answer, asked_policies(opa)) == ([], []), "what is polled is asked, and nothing brought"
            engine.close()
        with polling_opa(opa_binary, tmp_path, catalog, bearer, ("ES256", other.read_text())) as opa:
            given = bundles_given(catalog)
            until(lambda: bundles_given(catalog) > given + 1)  # whoever asks again has looked at the first
            assert asked(opa, "revision", {}) is None


def bundles_given(catalog: str) -> float:
    """How often this process has answered a poll with a whole bundle."""
    figure = 'concord_http_requests_total{path="/bundles",status="200"} '
    figures = fetch(f"{catalog}/metrics")[2].decode().splitlines()
    return max((float(one.removeprefix(figure)) for one in figures if one.startswith(figure)), default=0)


def asked_policies(opa: str) -> list[str]:
    found = json.loads(fetch(f"{opa}/v1/policies")[2])["result"]
    return [one["id"] for one in found if not one["id"].startswith("rules/")]


@contextmanager
def polling_opa(
    binary: str, folder: Path, catalog: str, bearer: str, key: tuple[str, str] = ("HS256", KEY)
) -> Iterator[str]:
    """A stock OPA that polls the catalog for the bundle of the point `publish`, and verifies it."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = {
        "services": {"concord": {"url": catalog, "credentials": {"bearer": {"token": bearer}}}},
        "keys": {"concord": {"algorithm": key[0], "key": key[1]}},
        "bundles": {
            "rules": {
                "service": "concord",
                "resource": "bundles/publish",
                "polling": {"min_delay_seconds": 1, "max_delay_seconds": 1},
                "signing": {"keyid": "concord"},
            }
        },
    }
    (folder / "opa.json").write_text(json.dumps(config))
    command = [binary, "run", "--server", "--addr", f"127.0.0.1:{port}", "--log-level", "error"]
    with subprocess.Popen(
        [*command, "--disable-telemetry", "--config-file", str(folder / "opa.json")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def asked(opa: str, rule: str, document: object = None) -> Any:
    body = json.dumps({"input": document}).encode()
    request = urllib.request.Request(
        f"{opa}/v1/data/concord/entrypoint/{rule}?strict-builtin-errors=true",
        body,
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read()).get("result")
    except urllib.error.URLError:
        return None


def wait_for(opa: str, revision: str) -> None:
    until(lambda: asked(opa, "revision", {}) == revision)


@pytest.mark.opa
def test_a_stock_opa_polls_decides_alike_and_follows_an_activation(
    services: Services, url: str, opa_binary: str, tmp_path: Path
) -> None:
    views = [*sound_views(), view(product_draft(domain="finance", facts={}, team=()))]
    with ExitStack() as stack:
        embedded = EmbeddedRego()
        stack.callback(embedded.close)
        opa = stack.enter_context(polling_opa(opa_binary, tmp_path, url, token(services, ENGINEER)))
        wait_for(opa, real_bundle().revision)
        assert [sorted(violations_of(real_bundle(), one, asked(opa, "answer", one))) for one in views] == [
            sorted(answer) for answer in embedded.evaluate(real_bundle(), views, deadline_seconds=PATIENCE)
        ]
        files = {file.path: file.data for file in read_files(POLICIES)[0]}
        files["params/retention.json"] = files["params/retention.json"].replace(b"3653", b"1000")
        revision = upload(UploadCommand(files), ENGINEER, services.gate).revision
        validate_bundle(revision, ENGINEER, services.gate)
        points = (EnforcementPoint.PUBLISH,)
        activate(ActivateCommand(revision, points, Mode.ENFORCE), APPROVER, services.gate)
        wait_for(opa, revision)
        answer = asked(opa, "answer", views[0])
        changed = services.policies.bundle(revision)
        assert "ORG-RET-002" in [one.id for one in violations_of(changed, views[0], answer)]


def test_waivers_are_served_signed_to_every_token_and_to_nobody_else(services: Services, url: str) -> None:
    assert fetch(f"{url}/waivers")[0] == 401
    status, _, body = fetch(f"{url}/waivers", token(services, CONSUMER))
    assert (status, read_store_facts(Document("waivers.json", body), key=services.bundle_key).waivers) == (
        200,
        (),
    )
