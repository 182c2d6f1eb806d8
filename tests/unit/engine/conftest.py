from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.domain.dataset import Dataset
from catalog.engine.pool import EnginePool


@pytest.fixture(scope="session")
def pool() -> Iterator[EnginePool]:
    engine = EnginePool(workers=1, memory_mb=512)
    yield engine
    engine.close()


@pytest.fixture
def orders(tmp_path: Path) -> Dataset:
    file = tmp_path / "o'rders.parquet"
    pq.write_table(pa.table({"id": range(100), "amount": [i / 4 for i in range(100)]}), file)
    return Dataset("orders", "parquet", (str(file),), "")
