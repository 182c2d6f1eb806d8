"""Every escape is refused at the gate, and does no harm where the gate is left out."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_escapes import ESCAPES
from waiting import PATIENCE

from catalog.domain.dataset import Dataset
from catalog.domain.errors import EngineError, EngineRefused
from catalog.domain.sql_engine import SqlQuery
from catalog.engine.pool import EnginePool

pytestmark = pytest.mark.security
ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-7f3a-never-to-be-read"
PASSWD = "root:x:"

WITHOUT_GATE = """
import json, sys
sys.path.insert(0, sys.argv[1])
with_walls, wrapped = sys.argv[2] == "walls", sys.argv[3] == "wrapped"
if with_walls:
    from catalog.engine.walls import raise_walls
    raise_walls()
from catalog.domain.dataset import Dataset
from catalog.engine.duckdb import Database, SessionFault
from catalog.engine.limit import Limits, limit_resources
import duckdb, signal
import pyarrow as pa
leaked = ["a value of the calling program"]
Database(Limits(memory_mb=512)).connect().run("SELECT 1", (), 1)
database = Database(Limits(memory_mb=512, threads=1))
database.show([Dataset("orders", "parquet", (sys.argv[4],), "")])
if with_walls:
    limit_resources(Limits(memory_mb=512))
for line in sys.stdin:
    sql = json.loads(line)
    session = database.connect()
    signal.alarm(20)
    try:
        if wrapped:
            said = repr(session.run(sql, (), 10).arrow_ipc)
        else:
            ran = session._connection.execute(sql)
            said = ran and repr(ran.to_arrow_table().slice(0, 1000).to_pylist())
    except (SessionFault, duckdb.Error, RuntimeError, ValueError) as error:
        said = None
    session.close()
    after = database.connect()
    whole = pa.ipc.open_stream(after.run("SELECT * FROM orders", (), 10).arrow_ipc).read_all()
    after.close()
    print(json.dumps([said, whole.num_rows]), flush=True)
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[EnginePool]:
    engine = EnginePool(workers=1, memory_mb=512)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("fence")
    (top / "secret.csv").write_text(f"text\n{CANARY}\n")
    (top / "data").mkdir()
    pq.write_table(pa.table({"id": [1, 2, 3]}), top / "data" / "orders.parquet")
    return top / "data"


def corpus(folder: Path) -> list[tuple[str, str]]:
    names = {"secret": folder.parent / "secret.csv", "data": folder / "orders.parquet", "folder": folder}
    return [(code, sql.format(**names)) for code, statements in ESCAPES.items() for sql in statements]


def leaks(text: str) -> bool:
    return CANARY in text or PASSWD in text


def state(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file and when it changed, with what is in it."""
    files = (folder, *folder.parent.rglob("*"))
    digests = (hashlib.sha256(one.read_bytes()).hexdigest() if one.is_file() else "" for one in files)
    return {str(one): (one.stat().st_mtime_ns, digest) for one, digest in zip(files, digests, strict=True)}


def test_every_escape_is_refused_by_the_rule_that_is_meant_for_it(pool: EnginePool, folder: Path) -> None:
    orders = Dataset("orders", "parquet", (str(folder / "orders.parquet"),), "")
    before, wrong = state(folder), []

    for code, sql in corpus(folder):
        try:
            pool.run(SqlQuery(sql, (orders,), deadline_seconds=PATIENCE))
            wrong.append((code, sql, "ran"))
        except EngineRefused as refused:
            if code not in {finding.code for finding in refused.findings}:
                wrong.append((code, sql, [finding.code for finding in refused.findings]))
        except EngineError as error:
            wrong.append((code, sql, error.code))

    assert wrong == []
    assert state(folder) == before


@pytest.mark.parametrize("form", ["wrapped", "raw"])
@pytest.mark.parametrize("walls", ["walls", "engine alone"])
def test_every_escape_is_harmless_without_the_gate(
    folder: Path, form: str, walls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even on the bare locked connection, and even without the walls of the operating system.

    The database stays what it was: whoever asks it next gets the rows of the files.
    """
    statements = [sql for _, sql in corpus(folder)]
    lines = "".join(json.dumps(sql) + "\n" for sql in statements)
    before = state(folder)

    ran = subprocess.run(
        [
            sys.executable,
            "-I",
            "-B",
            "-W",
            "ignore",
            "-c",
            WITHOUT_GATE,
            str(ROOT),
            walls,
            form,
            str(folder / "orders.parquet"),
        ],
        input=lines,
        check=False,
        capture_output=True,
        text=True,
        env={},
        cwd="/",
    )

    said = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(said) == len(statements), (statements[len(said)], ran.stderr[-2000:])
    assert [sql for sql, (text, _) in zip(statements, said, strict=True) if leaks(str(text))] == []
    assert [sql for sql, (_, rows) in zip(statements, said, strict=True) if rows != 3] == []
    assert state(folder) == before


def test_the_canary_would_be_seen_if_a_fence_were_missing(folder: Path) -> None:
    """The corpus itself works: an open engine gives the secret away."""
    import duckdb

    text = f"SELECT content FROM read_text('{folder.parent / 'secret.csv'}')"

    assert leaks(repr(duckdb.connect().execute(text).fetchall()))


def test_writing_inside_a_with_clause_is_refused_by_the_wrapping_alone(folder: Path) -> None:
    from catalog.engine.duckdb import Database, SessionFault
    from catalog.engine.limit import Limits

    database = Database(Limits(memory_mb=512, threads=1))
    database._connection.execute("CREATE TABLE t AS SELECT 1 AS a").fetchall()
    session = database.connect()
    session._connection.execute("ROLLBACK; BEGIN")  # as if the transaction could write

    with pytest.raises(SessionFault):
        session.run("WITH x AS (DELETE FROM t RETURNING *) SELECT count(*) FROM x", (), 10)
    with pytest.raises(SessionFault):
        session.run("SELECT 1); DROP TABLE t; --", (), 10)

    session = database.connect()
    assert session.run("SELECT count(*) FROM t", (), 10).truncated is False
    session.close()
    database.close()


def test_a_query_cannot_write_to_the_database_that_it_shares_even_without_gate_and_wrapping() -> None:
    import duckdb

    from catalog.engine.duckdb import Database
    from catalog.engine.limit import Limits

    database = Database(Limits(memory_mb=512, threads=1))
    database._connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    for sql in ("DELETE FROM t", "CREATE OR REPLACE VIEW t2 AS SELECT 2", "DROP TABLE t"):
        session = database.connect()
        with pytest.raises(duckdb.Error):
            session._connection.execute(sql)
        session.close()
    session = database.connect()
    session._connection.execute("SET VARIABLE left_behind = 1")
    session.close()

    after = database.connect()
    assert after._connection.execute("SELECT count(*), getvariable('left_behind') FROM t").fetchall() == [
        (1, None)
    ]
    after.close()
    database.close()


def test_a_neighbour_of_a_declared_file_is_not_declared(pool: EnginePool, folder: Path) -> None:
    orders = Dataset("orders", "parquet", (str(folder / "orders.parquet"),), "")
    pq.write_table(pa.table({"id": [9]}), folder / "other.parquet")

    with pytest.raises(EngineRefused):
        pool.run(SqlQuery(f"SELECT * FROM '{folder / 'other.parquet'}'", (orders,)))
