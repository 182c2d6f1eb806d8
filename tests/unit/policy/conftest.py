"""What unit tests of policy may ask for: one embedded engine, and OPA's own tool."""

import os
import shutil
from collections.abc import Iterator

import pytest

from catalog.adapters.rego_embedded import EmbeddedRego


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedRego]:
    """The real embedded engine."""
    engine = EmbeddedRego()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def opa_binary() -> str:
    """The command `opa`; absent it skips, and fails in CI."""
    found = os.environ.get("CONCORD_TEST_OPA_BINARY") or shutil.which("opa")
    if not found:
        reason = "no OPA binary: set CONCORD_TEST_OPA_BINARY"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; in CI this must be there")
        pytest.skip(reason)
    return found
