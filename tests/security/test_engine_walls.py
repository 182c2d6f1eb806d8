"""What the operating system takes from a fenced process: each wall is tried from inside."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catalog.domain.sql_engine import SqlQuery
from catalog.engine.child import Child
from catalog.engine.limit import Limits
from catalog.engine.pool import EnginePool

pytestmark = pytest.mark.security
ROOT = Path(__file__).resolve().parents[2]

INSIDE = """
import json, os, signal, socket, sys
sys.path.insert(0, sys.argv[1])
from catalog.engine.walls import raise_walls
folder, parent, port = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
walls = raise_walls()
def tried(act):
    try:
        act()
    except OSError as error:
        return error.strerror or str(error)
    return "done"
print(json.dumps({
    "walls": walls,
    "uid": os.getuid(),
    "read": tried(lambda: open(folder + "/private/file").read()),
    "overwrite": tried(lambda: open(folder + "/private/file", "w")),
    "append": tried(lambda: open(folder + "/private/file", "a")),
    "truncate": tried(lambda: os.truncate(folder + "/private/file", 0)),
    "make": tried(lambda: open(folder + "/new", "w")),
    "folder": tried(lambda: os.mkdir(folder + "/new")),
    "remove": tried(lambda: os.unlink(folder + "/private/file")),
    "rename": tried(lambda: os.rename(folder + "/private/file", folder + "/other")),
    "link": tried(lambda: os.symlink("/etc/passwd", folder + "/link")),
    "execute": tried(lambda: os.posix_spawn("/bin/true", ["true"], {})),
    "connect": tried(lambda: socket.create_connection(("127.0.0.1", port), 1)),
    "signal": tried(lambda: os.kill(parent, 0)),
}))
"""


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("walls")
    folder.chmod(0o777)
    (folder / "private").mkdir(mode=0o700)
    (folder / "private" / "file").write_text("content")
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = (str(folder), str(os.getpid()), str(server.getsockname()[1]))
        command = [sys.executable, "-I", "-B", "-c", INSIDE, str(ROOT), *here]
        ran = subprocess.run(command, capture_output=True, text=True, env={}, cwd="/", check=True)
    assert (folder / "private" / "file").read_text() == "content"
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def stands(inside: dict[str, Any], wall: str) -> None:
    if wall not in inside["walls"]:
        pytest.skip(f"this system does not grant the wall {wall}")


def test_data_stays_readable_behind_the_walls(inside: dict[str, Any]) -> None:
    assert inside["read"] == "done"


def test_a_fenced_process_is_not_root(inside: dict[str, Any]) -> None:
    stands(inside, "user")

    assert inside["uid"] != 0


@pytest.mark.parametrize(
    "act", ["overwrite", "append", "truncate", "make", "folder", "remove", "rename", "link"]
)
def test_nothing_is_written_behind_landlock(inside: dict[str, Any], act: str) -> None:
    stands(inside, "landlock")

    assert inside[act] == "Permission denied"


def test_nothing_is_executed_behind_landlock(inside: dict[str, Any]) -> None:
    stands(inside, "landlock")

    assert inside["execute"] == "Permission denied"


def test_no_other_process_is_signalled(inside: dict[str, Any]) -> None:
    stands(inside, "landlock")

    assert inside["signal"] == "Operation not permitted"


def test_there_is_no_network(inside: dict[str, Any]) -> None:
    stands(inside, "network")

    assert inside["connect"] != "done"


def test_a_child_knows_nothing_of_its_parents_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_SECRET", "canary-in-the-environment")
    child = Child(Limits(memory_mb=512))
    child.walls()

    environment = Path(f"/proc/{child.pid}/environ").read_bytes().split(b"\0")
    open_files = {os.readlink(one) for one in Path(f"/proc/{child.pid}/fd").iterdir()}
    child.kill()

    assert {pair.partition(b"=")[0] for pair in environment if pair} == {
        b"ARROW_DEFAULT_MEMORY_POOL",
        b"MALLOC_ARENA_MAX",
    }
    assert [one for one in open_files if not one.startswith(("/dev/null", "socket:", "anon_inode:"))] == []


def test_a_child_is_limited_in_memory_files_and_time() -> None:
    child = Child(Limits(memory_mb=512))
    child.walls()

    lines = Path(f"/proc/{child.pid}/limits").read_text().splitlines()
    child.kill()

    limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max cpu time"] == ["3600", "3600"]
    assert 512 << 20 < int(limits["Max address space"][1]) < 2048 << 20


def test_the_pool_says_which_walls_hold() -> None:
    pool = EnginePool(workers=1, memory_mb=512)
    walls = pool.walls
    pool.run(SqlQuery("SELECT 1", ()))
    pool.close()

    assert walls[0] == "resources"
    assert set(walls) <= {"resources", "network", "user", "landlock"}
