"""What every test may ask for; a missing outside thing skips with its reason, and fails in CI."""

import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from waiting import PATIENCE, PATIENT, until

# Machines are shared: no test is timed, and none is refused because its examples came slowly.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

os.environ |= PATIENT

ROOT = Path(__file__).resolve().parent.parent


def absent(reason: str) -> None:
    """Skip on a developer's machine, fail in CI: a check that did not run has not passed."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; in CI this must be there")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def fixtures_folder() -> Path:
    """The official third-party documents beside the checkout."""
    folder = Path(os.environ.get("CONCORD_FIXTURES", ROOT.parent / "shared" / "fixtures"))
    if not folder.is_dir():
        absent("the official documents are not here: set CONCORD_FIXTURES to their folder")
    return folder


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """A PostgreSQL server on which test databases may be made."""
    url = os.environ.get("CONCORD_TEST_POSTGRESQL_URL", "")
    if not url:
        absent("no PostgreSQL server: set CONCORD_TEST_POSTGRESQL_URL")
    return url


@pytest.fixture(scope="session")
def opa_binary() -> str:
    """The OPA executable."""
    found = os.environ.get("CONCORD_TEST_OPA_BINARY") or shutil.which("opa")
    if not found:
        absent("no OPA: set CONCORD_TEST_OPA_BINARY")
    return str(found)


@pytest.fixture(scope="session")
def opa_url(opa_binary: str) -> Iterator[str]:
    """An OPA server of this worker's own: it holds one bundle at a time, so it is shared with nobody."""
    for _ in range(5):  # on another port should somebody have been faster
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        with subprocess.Popen(
            [opa_binary, "run", "--server", "--addr", address, "--log-level", "error", "--disable-telemetry"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server:
            try:
                until(
                    lambda url=f"http://{address}/health", one=server: one.poll() is not None or _answers(url)
                )
                if server.poll() is None:
                    yield f"http://{address}"
                    return
            finally:
                server.kill()
    pytest.fail("the OPA server did not start")


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=PATIENCE):
        return True
    return False
