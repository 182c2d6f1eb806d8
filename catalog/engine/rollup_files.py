"""Pre-aggregations on disk: one Parquet file each, in a folder that belongs to the catalog alone."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.domain.dataset import Dataset
from catalog.domain.sql_engine import SqlResult


class RollupFiles:
    """Writes whole files or none, under names that say what they were built from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def write(self, definition: str, source: str, result: SqlResult, columns: Mapping[str, str]) -> Dataset:
        """The rows of `result` under new column names; columns that are not named are left out.

        The dataset's name is the file's. Files of the same definition from other data are removed.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        stem = definition.removeprefix("sha256:")[:24]
        file = self._folder / f"{stem}-{source.removeprefix('sha256:')[:24]}.parquet"
        table = pa.ipc.open_stream(result.arrow_ipc).read_all()
        draft = file.with_suffix(f".{os.getpid()}.part")
        pq.write_table(table.select(list(columns)).rename_columns(list(columns.values())), draft)
        draft.replace(file)
        for old in self._folder.glob(f"{stem}-*.parquet"):
            if old != file:
                old.unlink(missing_ok=True)
        return Dataset(file.name, "parquet", (str(file),), _fingerprint(file))

    def total(self, result: SqlResult, column: str) -> int:
        """The sum of a whole-number column."""
        values = pa.ipc.open_stream(result.arrow_ipc).read_all()[column].to_pylist()
        return int(sum(value or 0 for value in values))

    def rows(self, result: SqlResult) -> int:
        """How many there are."""
        return int(pa.ipc.open_stream(result.arrow_ipc).read_all().num_rows)

    def open(self, name: str, fingerprint: str, relation: str) -> Dataset | None:
        """The dataset of a file by the name `relation`; None where it is gone or is not what was written."""
        file = (self._folder / name).resolve()
        if file.parent != self._folder or not file.is_file() or _fingerprint(file) != fingerprint:
            return None
        return Dataset(relation, "parquet", (str(file),), fingerprint)


def _fingerprint(file: Path) -> str:
    """Over every byte: these files are small."""
    with file.open("rb") as content:
        return f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}"
