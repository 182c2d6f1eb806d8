"""What only the OPA server can do wrong, and how it is kept in step with the bundle."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from ports.policy_stub import Stub, answers, stub_server
from unit.policy.policy_examples import (
    NOW,
    bundle_of,
    product_draft,
    real_bundle,
    reporting,
    rule,
    view,
    with_rules,
)
from waiting import PATIENCE

from catalog.adapters.opa_bundles import KEPT, OpaBundles
from catalog.adapters.opa_server import OpaServer, _Held
from catalog.domain.errors import BundleInvalid, ConfigInvalid, PolicyUnavailable, PolicyUndefined
from catalog.policy.bundle import Bundle
from catalog.policy.decide import decide
from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.policy.entrypoint import PACKAGE
from catalog.policy.view import MeshFacts

BUNDLE = bundle_of(reporting())
VIEW = view(product_draft())
GOOD = {"revision": BUNDLE.revision, "results": [{"rule": "ORG-TST-001", "violations": []}]}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as running:
        yield running


def ask(url: str, bundle: Bundle = BUNDLE, deadline_seconds: float = PATIENCE) -> list[Any]:
    engine = OpaServer(url)
    try:
        return engine.evaluate(bundle, [VIEW], deadline_seconds=deadline_seconds)
    finally:
        engine.close()


def test_the_stub_gives_a_good_answer_when_told_to(stub: Stub) -> None:
    stub.body = answers(GOOD)
    with pytest.raises(PolicyUnavailable):  # it holds no bundle and takes none
        ask(stub.url)
    engine = OpaServer(stub.url)
    engine._held[BUNDLE.revision] = _Held(PACKAGE)
    assert engine.evaluate(BUNDLE, [VIEW], deadline_seconds=PATIENCE) == [[]]
    engine.close()


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"result": null}',
        b'{"result": true}',
        b'{"result": []}',
        b'{"result": {"allow": true}}',
        b"[]",
        b'"allow"',
        b"null",
        b"<html><body>Welcome</body></html>",
        b"",
        b'{"result": [',
        b"\xff\xfe",
        answers({}),
        answers(GOOD, GOOD),
        answers(GOOD | {"revision": "sha256:other"}),
        answers(GOOD | {"revision": None}),
        answers(GOOD | {"results": {}}),
        answers(GOOD | {"results": []}),
        answers(GOOD | {"results": ["ORG-TST-001"]}),
        answers(GOOD | {"results": [{"rule": "ORG-TST-001"}]}),
        answers(GOOD | {"results": [{"rule": "ORG-TST-001", "violations": None}]}),
        answers(GOOD | {"results": [{"rule": "ORG-TST-002", "violations": []}]}),
        answers(GOOD | {"results": [{"rule": "ORG-TST-001", "violations": []}] * 2}),
        answers(GOOD | {"results": [{"rule": "ORG-TST-001", "violations": ["denied"]}]}),
        answers(GOOD | {"allow": True}),
    ],
    ids=map(str, range(25)),  # some bodies hold a digest that differs between runs
)
@pytest.mark.parametrize("status", [200, 500])
def test_whatever_a_server_answers_nothing_is_let_pass(stub: Stub, status: int, body: bytes) -> None:
    stub.status, stub.body = status, body
    engine = OpaServer(stub.url)
    engine._held[BUNDLE.revision] = _Held(PACKAGE)  # as if the bundle had been there a moment ago
    decision = decide(
        product_draft(),
        EnforcementPoint.PUBLISH,
        bundle=BUNDLE,
        engine=engine,
        now=NOW,
        mesh=MeshFacts(),
        deadline_seconds=PATIENCE,
    )
    engine.close()
    assert decision.verdict is Verdict.ERROR
    assert [one.code for one in decision.findings] in (["POLICY_UNAVAILABLE"], ["POLICY_UNDEFINED"])


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 429, 500, 502, 503])
def test_a_status_that_is_no_answer_is_unavailable(stub: Stub, status: int) -> None:
    stub.status, stub.headers = status, {"Location": "/elsewhere"}
    with pytest.raises(PolicyUnavailable):
        ask(stub.url)
    assert len(stub.asked) == 1, "nothing is tried again and no redirect is followed"


def test_a_slow_server_is_unavailable_at_the_deadline(stub: Stub) -> None:
    stub.before_answer = stub.ended.wait
    with pytest.raises(PolicyUnavailable, match="within the deadline"):
        ask(stub.url, deadline_seconds=0.3)


def test_a_closed_port_is_unavailable() -> None:
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    with pytest.raises(PolicyUnavailable, match="gave no answer"):
        ask(f"http://127.0.0.1:{port}")


def test_every_question_is_strict_and_asks_in_one_request(stub: Stub) -> None:
    stub.body = answers(GOOD, GOOD)
    engine = OpaServer(stub.url, token="s3cret")
    engine._held[BUNDLE.revision] = _Held(PACKAGE)
    assert engine.evaluate(BUNDLE, [VIEW, VIEW], deadline_seconds=PATIENCE) == [[], []]
    engine.close()
    [(method, path, body)] = stub.asked
    assert (method, path.split("?")[0]) == ("POST", "/v1/data/concord/entrypoint/answers")
    assert "strict-builtin-errors=true" in path
    assert json.loads(body) == {"input": {"views": [VIEW, VIEW]}}
    assert stub.received_headers[0]["Authorization"] == "Bearer s3cret"


def test_proxies_and_credentials_of_the_surroundings_are_not_used(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    stub.body = answers(GOOD)
    engine = OpaServer(stub.url)
    engine._held[BUNDLE.revision] = _Held(PACKAGE)
    assert engine.evaluate(BUNDLE, [VIEW], deadline_seconds=PATIENCE) == [[]]
    engine.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8181",
        "ftp://127.0.0.1:8181",
        "http://",
        "http://127.0.0.1:port",
        "http://127.0.0.1:8181/prefix",
        "http://user@127.0.0.1:8181",
        "http://127.0.0.1:8181?x=1",
        "http://opa.example:8181",
        "http://10.0.0.1:8181",
    ],
)
def test_an_address_that_is_not_one_or_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        OpaServer(url)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8181/", "http://localhost", "http://[::1]:8181", "https://opa.example"]
)
def test_loopback_or_tls_is_taken(url: str) -> None:
    OpaServer(url).close()


@pytest.mark.opa
@pytest.mark.xdist_group("opa")
class TestARealServer:
    """The bundle on a real server."""

    def test_the_server_holds_each_bundle_whole_and_lets_go_of_the_oldest(self, opa_url: str) -> None:
        bundles = [bundle_of(reporting(f"/{number}")) for number in range(KEPT + 2)]
        texts = [set(held(opa_url, one, "kept").values()) for one in bundles]
        assert [len(one) for one in texts] == [1, 2, 3, 3, 3]
        assert texts[1] - texts[3], "the oldest are gone"
        assert all(f'"/{number}"' in "".join(texts[-1]) for number in range(2, KEPT + 2))

    def test_a_text_of_the_old_syntax_is_refused_and_not_rewritten(self, opa_url: str) -> None:
        with pytest.raises(Exception, match="bundle cannot be loaded"):
            ask(
                opa_url,
                bundle_of('violation[v] {\n\tv := {"id": "ORG-TST-001", "path": "/a", "args": {}}\n}'),
            )

    def test_a_server_that_lost_its_policies_gets_them_again(self, opa_url: str) -> None:
        engine = OpaServer(opa_url)
        assert len(engine.evaluate(BUNDLE, [VIEW], deadline_seconds=PATIENCE)[0]) == 1
        for name in policies(opa_url):
            assert requests.delete(f"{opa_url}/v1/policies/{name}", timeout=PATIENCE).ok
        assert len(engine.evaluate(BUNDLE, [VIEW], deadline_seconds=PATIENCE)[0]) == 1
        engine.close()

    def test_a_server_that_lost_its_parameters_gets_them_again(self, opa_url: str) -> None:
        engine = OpaServer(opa_url)
        engine.evaluate(BUNDLE, [VIEW], deadline_seconds=PATIENCE)
        assert requests.delete(f"{opa_url}/v1/data/concord", timeout=PATIENCE).status_code == 204
        assert len(engine.evaluate(BUNDLE, [VIEW], deadline_seconds=PATIENCE)[0]) == 1
        engine.close()

    def test_catalogs_with_one_server_do_not_meet(self, opa_url: str) -> None:
        """Each brings more bundles than are kept, in turns; none takes anything from the other."""
        mine, theirs = OpaServer(opa_url, catalog="mine"), OpaServer(opa_url, catalog="theirs")
        assert [path_of(mine, BUNDLE), path_of(theirs, BUNDLE)] == ["/asset", "/asset"]
        ours = {name for name in policies(opa_url) if name.split("/")[1] == root_of("mine")}
        for number in range(KEPT + 2):
            assert path_of(theirs, bundle_of(reporting(f"/theirs/{number}"))) == f"/theirs/{number}"
        assert ours == {name for name in policies(opa_url) if name.split("/")[1] == root_of("mine")}
        asked = policies(opa_url)
        assert path_of(mine, BUNDLE) == "/asset"
        assert policies(opa_url) == asked, "nothing had to be brought again"
        mine.close()
        theirs.close()

    def test_a_server_that_already_holds_the_bundle_is_left_alone(self, opa_url: str) -> None:
        ask(opa_url)
        before = policies(opa_url)
        [name] = [one for one, text in before.items() if '"/asset"' in text and root_of("") in one]
        marked = f"{before[name]}\n# a mark\n"
        assert requests.put(f"{opa_url}/v1/policies/{name}", marked.encode(), timeout=PATIENCE).ok
        ask(opa_url)
        assert policies(opa_url)[name] == marked

    def test_parts_that_lack_the_bundle_bring_it_once(self, opa_url: str) -> None:
        engine, other = OpaServer(opa_url, catalog="parts"), bundle_of(reporting("/parts"))
        brought = 0
        bring = engine._bundles.bring

        async def counted(bundle: Bundle) -> str:
            nonlocal brought
            brought += 1
            return await bring(bundle)

        engine._bundles.bring = counted  # type: ignore[method-assign]
        with ThreadPoolExecutor(4) as threads:
            asked = [
                threads.submit(engine.evaluate, other, [VIEW] * 50, deadline_seconds=PATIENCE)
                for _ in range(4)
            ]
            assert [len(one.result()) for one in asked] == [50] * 4
        assert brought == 1
        engine.close()

    def test_a_fault_is_told_at_its_place_in_the_rule(self, opa_url: str) -> None:
        body = "violation contains v if {\n\tw := data.org.params; nothing(w, 1)\n\tv := f(1)\n}\n\nf(n) := n"
        faulty = bundle_of(body)
        with pytest.raises(BundleInvalid) as refused:
            ask(opa_url, faulty)
        [finding] = refused.value.findings
        assert (finding.place.file, finding.place.line, finding.place.column) == (
            "org/org_tst_001.rego",
            4,
            24,
        )

    def test_what_a_rule_fails_at_is_told_with_its_line(self, opa_url: str) -> None:
        failing = bundle_of('violation contains v if {\n\tv := time.parse_rfc3339_ns("no time")\n}')
        with pytest.raises(PolicyUnavailable, match=r"org/org_tst_001\.rego:4: .*time"):
            ask(opa_url, failing)

    def test_the_shipped_bundle_fits(self, opa_url: str) -> None:
        assert ask(opa_url, real_bundle()) == [[]]

    def test_a_rule_without_a_module_stays_undefined_after_it_was_brought(self, opa_url: str) -> None:
        lacking = with_rules(
            Bundle("sha256:lacking", BUNDLE.modules, (), {"org": {}, "domains": {}}),
            *BUNDLE.rules,
            rule("ORG-GONE-001"),
        )
        with pytest.raises(PolicyUndefined, match="ORG-GONE-001"):
            ask(opa_url, lacking)


def policies(url: str) -> dict[str, str]:
    found = requests.get(f"{url}/v1/policies", timeout=PATIENCE).json()["result"]
    return {one["id"]: one["raw"] for one in found if one["id"].startswith("concord/")}


def held(url: str, bundle: Bundle, catalog: str) -> dict[str, str]:
    engine = OpaServer(url, catalog=catalog)
    engine.evaluate(bundle, [VIEW], deadline_seconds=PATIENCE)
    engine.close()
    return {name: text for name, text in policies(url).items() if root_of(catalog) in name}


def path_of(engine: OpaServer, bundle: Bundle) -> str:
    return engine.evaluate(bundle, [VIEW], deadline_seconds=PATIENCE)[0][0].path


def root_of(catalog: str) -> str:
    return OpaBundles(None, catalog)._root.partition(".")[2]
