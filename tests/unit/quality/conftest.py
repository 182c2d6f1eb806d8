"""One engine for all quality tests, a fresh laboratory for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from quality_laboratory import Laboratory, RecordingEngine

from catalog.engine.pool import EnginePool


@pytest.fixture(scope="session")
def pool() -> Iterator[EnginePool]:
    engine = EnginePool(workers=1, memory_mb=1024, threads=2)
    yield engine
    engine.close()


@pytest.fixture
def laboratory(tmp_path: Path, pool: EnginePool) -> Laboratory:
    return Laboratory(tmp_path, RecordingEngine(pool))
