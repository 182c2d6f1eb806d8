"""The house laws, read off the syntax trees of the product."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "catalog"
MODULES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(CATALOG.rglob("*.py"))}
TREES = {name: ast.parse(source) for name, source in MODULES.items()}
NAMES_WITHOUT_A_MEANING = {
    "base",
    "common",
    "core",
    "helper",
    "helpers",
    "internal",
    "manager",
    "misc",
    "util",
    "utils",
    "v2",
}


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield module, node, ast.unparse(node.func)


def at(module: str, node: ast.AST) -> str:
    return f"{module}:{getattr(node, 'lineno', 0)}"


def test_only_the_unit_of_work_commits_and_only_use_cases_ask_it_to() -> None:
    use_cases = (
        "catalog/registry/",
        "catalog/publishing/",
        "catalog/serving/metric_read/building.py",
        "catalog/store/issue.py",
    )
    found = [
        at(module, node)
        for module, node, name in calls()
        if name.endswith(".commit")
        and module != "catalog/store/unit_of_work.py"
        and not (name == "unit.commit" and module.startswith(use_cases))
    ]
    assert found == []


def test_no_sql_text_for_the_store_is_put_together_from_strings() -> None:
    senders = ("text", "execute", "exec_driver_sql", "executescript", "scalar", "scalars")
    built = (ast.JoinedStr, ast.BinOp)
    found = [
        at(module, node)
        for module, node, name in calls()
        if module.startswith("catalog/store/")
        and name.rsplit(".", 1)[-1] in senders
        and any(isinstance(argument, built) for argument in node.args)
        and not any(
            isinstance(argument, ast.BinOp) and "select" not in ast.unparse(argument)
            for argument in node.args
        )
    ]
    assert found == []


def test_nothing_is_unpickled_evaluated_or_loaded_by_a_generic_yaml_loader() -> None:
    forbidden = {
        "eval",
        "exec",
        "compile",
        "yaml.load",
        "yaml.safe_load",
        "pickle.load",
        "pickle.loads",
        "marshal.loads",
    }
    assert [at(m, n) for m, n, name in calls() if name in forbidden] == []
    imported = [
        at(module, node)
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        and {alias.name for alias in node.names} & {"pickle", "marshal", "shelve"}
    ]
    assert imported == []


def test_a_broad_except_stands_only_at_an_edge_and_says_why() -> None:
    found = []
    for module, tree in TREES.items():
        lines = MODULES[module].splitlines()
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                caught = "" if node.type is None else ast.unparse(node.type)
                if caught in {"", "Exception", "BaseException"} and "# law:" not in lines[node.lineno - 1]:
                    found.append(at(module, node))
    assert found == []


def test_only_the_clock_reads_the_present_instant() -> None:
    readers = re.compile(r"(datetime\.(now|utcnow|today)|date\.today|time\.time)\Z")
    found = [at(m, n) for m, n, name in calls() if readers.search(name) and m != "catalog/adapters/clock.py"]
    assert found == []


def test_only_the_settings_read_the_environment() -> None:
    found = [
        at(module, node)
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"os.environ", "os.getenv"}
        and module != "catalog/config.py"
    ]
    assert found == []


def test_the_top_level_graphql_folder_holds_no_python() -> None:
    assert list((ROOT / "graphql").rglob("*.py")) == []
    found = importlib.util.find_spec("graphql")
    assert found is not None
    assert found.origin is not None
    assert "site-packages" in found.origin


def test_no_test_folder_is_named_graphql() -> None:
    assert [path for path in (ROOT / "tests").rglob("graphql") if path.is_dir()] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_and_stays_readable(module: str) -> None:
    parts = set(Path(module).with_suffix("").parts)
    assert not parts & NAMES_WITHOUT_A_MEANING
    assert len(MODULES[module].splitlines()) <= 400
    assert ast.get_docstring(TREES[module]), "a module begins with its promise"


def test_the_code_holds_no_marks_of_unfinished_work() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|pragma: no cover")
    assert [name for name, source in MODULES.items() if marks.search(source)] == []


def test_no_file_names_a_machine_path_or_a_registry_host() -> None:
    leak = re.compile(
        r"(^|[\s\"'=(])/(work|farm|root|opt/concord)[/-]|index-url\s*=|registry\s*=\s*\"http|GOPROXY=http"
    )
    kept = (".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".rego", ".sql", ".txt", ".graphql", ".json", "")
    found = []
    for path in ROOT.rglob("*"):
        relative = path.relative_to(ROOT)
        if relative.parts[0].startswith(
            (".git", ".venv", ".mypy", ".ruff", ".pytest", ".hypothesis", ".import", ".concord")
        ):
            continue
        if (
            path.is_file()
            and path.suffix in kept
            and path != Path(__file__)
            and leak.search(path.read_text(errors="ignore"))
        ):
            found.append(relative.as_posix())
    assert found == []
