"""What every test may ask for; a missing outside thing skips with its reason, and fails in CI."""

import os
from pathlib import Path

import pytest

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
def opa_url() -> str:
    """A running OPA server that tests may load bundles into."""
    url = os.environ.get("CONCORD_TEST_OPA_URL", "")
    if not url:
        absent("no OPA server: set CONCORD_TEST_OPA_URL")
    return url
