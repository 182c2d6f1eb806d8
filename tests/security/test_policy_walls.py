"""What a hostile policy cannot reach, even if the lint had let it pass."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.policy.policy_examples import bundle_of, product_draft, view
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.errors import BundleInvalid, PolicyUnavailable
from catalog.policy.bundle import Module
from catalog.policy.decision import Violation
from catalog.policy.portable import lint

pytestmark = pytest.mark.security
VIEW = view(product_draft())


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedRego]:
    os.environ["CONCORD_PLANTED_SECRET"] = "planted-secret"
    opened = EmbeddedRego()
    yield opened
    opened.close()
    del os.environ["CONCORD_PLANTED_SECRET"]


def told(engine: EmbeddedRego, expression: str) -> list[Violation]:
    """What a rule gets to report about an expression."""
    body = (
        "violation contains v if {\n"
        f"\tseen := {expression}\n"
        '\tv := {"id": "ORG-TST-001", "path": "/asset", "args": {"what": json.marshal(seen)}}\n}'
    )
    assert lint(Module("org/x.rego", body), "", {}), "the lint refuses it in the first place"
    try:
        return engine.evaluate(bundle_of(body), [VIEW], deadline_seconds=PATIENCE)[0]
    except (PolicyUnavailable, BundleInvalid):
        return []


def test_the_probe_itself_can_report(engine: EmbeddedRego) -> None:
    [reported] = told(engine, "input.asset.owner")
    assert reported.args["what"] == '"ada"'


def test_a_policy_does_not_read_the_environment(engine: EmbeddedRego) -> None:
    for one in told(engine, "opa.runtime()"):
        assert "planted-secret" not in repr(one.args)
        assert "PATH" not in repr(one.args)


def test_the_worker_has_no_environment_and_no_open_files_of_ours(
    engine: EmbeddedRego, tmp_path: Path
) -> None:
    with (tmp_path / "secret").open("w"):
        fresh = EmbeddedRego()
    worker = fresh._idle.queue[-1].pid
    assert told(fresh, "input.asset.owner")
    environment = Path(f"/proc/{worker}/environ").read_bytes()
    descriptors = sorted(path.name for path in Path(f"/proc/{worker}/fd").iterdir())
    targets = {os.readlink(f"/proc/{worker}/fd/{name}").split(":")[0] for name in descriptors}
    folder = os.readlink(f"/proc/{worker}/cwd")
    fresh.close()
    assert environment == b"MIMALLOC_ARENA_RESERVE=0\0"
    assert descriptors == ["0", "1", "2"]
    assert targets == {"socket", "/dev/null"}
    assert folder == "/"


def test_the_worker_writes_no_files_and_starts_with_bounded_memory(engine: EmbeddedRego) -> None:
    told(engine, "input.asset.owner")
    limits = Path(f"/proc/{engine._idle.queue[-1].pid}/limits").read_text()
    values = {line[:26].strip(): line[26:47].strip() for line in limits.splitlines()[1:]}
    assert values["Max file size"] == "0"
    assert values["Max core file size"] == "0"
    assert values["Max open files"] == "16"
    assert int(values["Max address space"]) < 512 * 1024 * 1024


def test_a_policy_opens_no_connection(engine: EmbeddedRego) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        told(engine, f'http.send({{"method": "GET", "url": "{url}"}})')
        with pytest.raises(BlockingIOError):  # a connection would be waiting to be taken
            listener.accept()


@pytest.mark.parametrize("expression", ["time.now_ns()", 'rand.intn("x", 1000000)', 'uuid.rfc4122("x")'])
def test_what_is_not_repeatable_is_refused_before_it_runs(expression: str) -> None:
    body = f"violation contains v if v := {expression}"
    assert any("PORT-003" in str(one) for one in lint(Module("org/x.rego", body), "", {}))


def test_the_worker_imports_nothing_of_the_catalog() -> None:
    source = (Path(__file__).resolve().parents[2] / "catalog" / "adapters" / "rego_worker.py").read_text()
    imported = {
        line.split()[1] for line in source.splitlines() if line.strip().startswith(("import ", "from "))
    }
    assert imported == {"ctypes", "json", "os", "resource", "struct", "sys", "typing", "regorus"}


def test_the_worker_has_no_network_where_the_system_lets_it_leave(engine: EmbeddedRego) -> None:
    engine.evaluate(bundle_of("violation := set()"), [VIEW], deadline_seconds=PATIENCE)
    probe = (
        "import ctypes, sys; libc = ctypes.CDLL(None); "
        "sys.exit(libc.unshare(0x40000000) and libc.unshare(0x50000000) and 1)"
    )
    lets = subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
    worker = engine._idle.queue[0].pid
    apart = os.readlink(f"/proc/{worker}/ns/net") != os.readlink("/proc/self/ns/net")
    assert apart is lets
    if apart:
        routes = Path(f"/proc/{worker}/net/route").read_text().splitlines()[1:]
        assert routes == []
