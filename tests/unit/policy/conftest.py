"""What unit tests of policy may ask for: one embedded engine."""

from collections.abc import Iterator

import pytest

from catalog.adapters.rego_embedded import EmbeddedRego


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedRego]:
    """The real embedded engine."""
    engine = EmbeddedRego()
    yield engine
    engine.close()
