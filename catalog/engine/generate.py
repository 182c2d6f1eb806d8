"""Writes the demo's data: our own scripts, run in this process with the right to write files.

This is for scripts that come with Concord and for nothing that anybody else wrote.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb


def generate(scripts: Path, out: Path, as_of: date, *, scale: float = 1.0) -> Iterator[tuple[str, int]]:
    """Run `<domain>.<product>.sql` one after the other; yields each product with the rows it wrote."""
    with duckdb.connect() as connection:
        connection.execute("SET VARIABLE as_of = CAST(? AS DATE)", [as_of])
        connection.execute("SET VARIABLE scale = CAST(? AS DOUBLE)", [scale])
        for script in sorted(scripts.glob("*.sql")):
            domain, product, _ = script.name.split(".")
            folder = out / domain / product
            folder.mkdir(parents=True, exist_ok=True)
            connection.execute(script.read_text(encoding="utf-8").replace("{out}", out.as_posix()))
            yield f"{domain}.{product}", sum(_rows(connection, file) for file in folder.glob("*.parquet"))


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    found = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(file)]).fetchone()
    return int(found[0]) if found else 0
