"""The product as it is installed: a wheel, outside the checkout, with everything that travels beside the code."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from waiting import PATIENT

ROOT = Path(__file__).resolve().parents[2]
Concord = Callable[..., str]
BESIDE = ("policies", "graphql", "migrations", "examples")

pytestmark = pytest.mark.xdist_group("installed-wheel")


def python(*words: str, cwd: Path, **settings: str) -> str:
    """Run this interpreter with no settings but these; what it printed."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("CONCORD_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**clean, **PATIENT, "PYTHONDONTWRITEBYTECODE": "1", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def checkout() -> set[str]:
    """What lies at the top of the checkout, but for the hidden folders of tools."""
    return {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with no network; nothing is left behind in it."""
    folder, before = tmp_path_factory.mktemp("wheel"), checkout()
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    assert checkout() == before
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed, with what it depends on left where it is."""
    folder = tmp_path_factory.mktemp("installed")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    python(
        "-m",
        "pip",
        "install",
        *quiet,
        "--no-index",
        "--no-deps",
        "--target",
        str(folder),
        str(wheel),
        cwd=folder,
    )
    return folder


@pytest.fixture
def concord(installed: Path, tmp_path: Path) -> Concord:
    """The command line of the installed wheel, in an empty folder."""

    def run(*words: str, **settings: str) -> str:
        command = ("-P", "-m", "catalog.cli.main", *words)
        return python(*command, cwd=tmp_path, PYTHONPATH=str(installed), **settings)

    return run


def test_the_code_that_runs_is_the_installed_one(installed: Path, tmp_path: Path) -> None:
    found = python(
        "-P", "-c", "import catalog; print(catalog.__file__)", cwd=tmp_path, PYTHONPATH=str(installed)
    )
    assert Path(found.strip()).is_relative_to(installed)


@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_the_code_came_along_byte_for_byte(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = f"catalog/_data/{name}/"
        carried = {
            path.removeprefix(inside): archive.read(path)
            for path in archive.namelist()
            if path.startswith(inside)
        }
    here = {
        path.relative_to(ROOT / name).as_posix(): path.read_bytes()
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here
    assert carried == here


def test_the_wheel_holds_nothing_of_the_tests_or_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/", 1)[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"catalog"}
    assert [name for name in names if name.endswith((".pyc", ".db"))] == []
    assert "catalog/py.typed" in names
    assert "catalog/manifests/schemas/odps-1.0.json" in names


def test_a_first_check_needs_nothing_but_the_wheel(concord: Concord, tmp_path: Path) -> None:
    concord("init", "mine", "--domain", "logistics")
    answer = json.loads(concord("check", "mine", "--output", "json"))
    assert answer["passes"] is True
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_store_is_made_by_the_migrations_of_the_wheel(concord: Concord, tmp_path: Path) -> None:
    answer = json.loads(concord("db", "upgrade", "--output", "json"))
    assert answer["before"] == ""
    assert answer["after"]
    assert (tmp_path / ".concord" / "catalog.db").exists()
    assert json.loads(concord("audit", "verify", "--output", "json"))["verified"] == 0


def test_the_rules_of_the_wheel_hold(concord: Concord) -> None:
    answer = json.loads(concord("policy", "test", "--output", "json"))
    assert answer["failed"] == []
    assert answer["passed"] > answer["rules"] > 10


def test_the_demo_mesh_of_the_wheel_is_read(installed: Path, concord: Concord) -> None:
    mesh = installed / "catalog" / "_data" / "examples" / "mesh" / "sales"
    assert "sales.orders" in concord("check", str(mesh / "products" / "orders"), "--output", "json")
