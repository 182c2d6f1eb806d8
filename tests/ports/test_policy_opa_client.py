"""The client of an OPA server: deadlines, lost connections, TLS, tokens, closing; on a real server where it counts."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from ports.policy_stub import Stub, answers, stub_server
from unit.policy.policy_examples import bundle_of, product_draft, reporting, view
from waiting import PATIENCE, until, until_at_work

from catalog.adapters.opa_server import AT_ONCE, OpaServer, _Held
from catalog.domain.errors import ConfigInvalid, PolicyUnavailable
from catalog.policy.entrypoint import PACKAGE

BUNDLE = bundle_of(reporting())
VIEW = view(product_draft())
GOOD = {"revision": BUNDLE.revision, "results": [{"rule": "ORG-TST-001", "violations": []}]}
AUTHORISATION = """\
package system.authz

default allow := false

allow if input.identity == "s3cret"
"""


def spare_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def real_server(binary: str, port: int, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A stock OPA, up once its port takes connections."""
    command = [binary, "run", "--server", "--addr", f"127.0.0.1:{port}", "--log-level", "error"]
    with subprocess.Popen([*command, "--disable-telemetry", *more], stderr=subprocess.DEVNULL) as server:
        try:
            until(lambda: server.poll() is not None or takes_connections(port))
            yield server
        finally:
            server.kill()


def takes_connections(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(engine: OpaServer, number: int = 1, seconds: float = PATIENCE) -> list[list[Any]]:
    return engine.evaluate(BUNDLE, [VIEW] * number, deadline_seconds=seconds)


@pytest.fixture
def slow() -> Iterator[tuple[OpaServer, Stub]]:
    """An engine before a server that takes its time; the bundle is there."""
    with stub_server() as stub:
        engine = OpaServer(stub.url)
        engine._held[BUNDLE.revision] = _Held(PACKAGE)
        stub.body = answers(*[GOOD] * 8)
        yield engine, stub
        engine.close()


def test_parts_of_many_views_are_asked_at_once_and_no_more_than_some(slow: tuple[OpaServer, Stub]) -> None:
    engine, stub = slow
    stub.before_answer = threading.Barrier(AT_ONCE).wait  # none is answered before all are asked
    assert ask(engine, 8 * AT_ONCE) == [[]] * 8 * AT_ONCE
    assert len(stub.asked) == AT_ONCE


def test_the_deadline_holds_for_all_parts_together(slow: tuple[OpaServer, Stub]) -> None:
    engine, stub = slow
    stub.before_answer = stub.ended.wait
    with pytest.raises(PolicyUnavailable, match="within the deadline"):
        ask(engine, 8 * AT_ONCE, seconds=0.3)


def test_a_server_that_drips_its_answer_does_not_pass_the_deadline() -> None:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def drip() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
                connection.sendall(head)
                while True:  # until the other side is gone
                    connection.sendall(b" ")
                    pause.wait(0.05)

        pause = threading.Event()
        dripping = threading.Thread(target=drip)
        dripping.start()
        engine = OpaServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(PolicyUnavailable, match="within the deadline"):
            ask(engine, seconds=0.4)
        engine.close()
        listening.shutdown(socket.SHUT_RDWR)  # for the case that the deadline ended before anybody connected
        dripping.join()


def test_who_waits_when_the_engine_closes_is_told_so(slow: tuple[OpaServer, Stub]) -> None:
    engine, stub = slow
    own = engine._thread._thread
    assert own.is_alive()
    stub.before_answer = stub.ended.wait
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, engine)
        until(lambda: stub.asked)
        engine.close()
        with pytest.raises(PolicyUnavailable, match="closed"):
            waiting.result()
    with pytest.raises(PolicyUnavailable, match="closed"):
        ask(engine)
    assert not own.is_alive()


def test_certificates_that_cannot_be_read_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    for name in ("no.pem", "missing.pem"):
        with pytest.raises(ConfigInvalid) as refused:
            OpaServer("https://127.0.0.1:1", ca_file=str(tmp_path / name))
        assert "CONCORD_OPA_CA_FILE" in refused.value.remedy


@pytest.mark.opa
def test_a_server_that_went_away_and_came_back_empty_is_served_again(opa_binary: str) -> None:
    port = spare_port()
    engine = OpaServer(f"http://127.0.0.1:{port}")
    with real_server(opa_binary, port):
        assert len(ask(engine, 20)) == 20
    with pytest.raises(PolicyUnavailable, match="gave no answer"):
        ask(engine)
    with real_server(opa_binary, port):
        assert [one.path for one in ask(engine)[0]] == ["/asset"]
    engine.close()


@pytest.mark.opa
def test_a_server_that_dies_while_it_is_asked_gives_no_answer(opa_binary: str) -> None:
    port = spare_port()
    engine = OpaServer(f"http://127.0.0.1:{port}")
    with real_server(opa_binary, port) as server, ThreadPoolExecutor(1) as threads:
        ask(engine)
        waiting = threads.submit(ask, engine, 20_000)
        until_at_work(server.pid)
        server.kill()
        with pytest.raises(PolicyUnavailable):
            waiting.result()
    engine.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of loopback that nobody else vouches for, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    pem, key = folder / "cert.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=opa",
    ]
    named = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(pem)]
    subprocess.run([*command, *named], check=True, capture_output=True)
    return pem, key


@pytest.mark.opa
def test_tls_of_a_private_authority_and_a_token_are_needed_and_taken(
    opa_binary: str, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    pem, key = certificate
    (tmp_path / "authz.rego").write_text(AUTHORISATION)
    port = spare_port()
    tls = ["--tls-cert-file", str(pem), "--tls-private-key-file", str(key)]
    asked_for = ["--authentication", "token", "--authorization", "basic", str(tmp_path / "authz.rego")]
    url = f"https://127.0.0.1:{port}"
    with real_server(opa_binary, port, *tls, *asked_for):
        for engine, reason in (
            (OpaServer(url, token="s3cret"), "CertificateError"),
            (OpaServer(url, token="wrong", ca_file=str(pem)), "401"),
            (OpaServer(url, ca_file=str(pem)), "401"),
        ):
            with pytest.raises(PolicyUnavailable, match=reason):
                ask(engine)
            engine.close()
        engine = OpaServer(url, token="s3cret", ca_file=str(pem))
        assert [one.path for one in ask(engine)[0]] == ["/asset"]
        engine.close()
