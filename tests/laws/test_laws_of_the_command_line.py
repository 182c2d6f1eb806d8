"""The command line is documented to the last flag, and starts no part that a command does not need."""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import PATIENT

from catalog.cli.main import parser
from catalog.domain.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "cli.md"
HEAVY = {
    "aiohttp",
    "alembic",
    "duckdb",
    "fastapi",
    "graphql",
    "opa_client",
    "pyarrow",
    "pydantic",
    "regorus",
    "requests",
    "rich",
    "sqlalchemy",
    "sqlglot",
    "strawberry",
    "uvicorn",
}
PREFACE = """# The command line

Every command exits with 0 when all is well, 1 when something was refused, and 2 for a usage or engine error.
With `--output json` a command writes one JSON document on standard output, whatever comes of it; a command that
could not be done answers with `error`, `message`, `remedy` and `findings`. Settings come from the environment:
see [operations](operations.md). This page is written from the parser by `make snapshots`.
"""


def test_the_page_of_the_command_line_is_current() -> None:
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "run `make snapshots`"


def commands(whole: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Every command that runs something, in the order of the help text."""
    inner = [one for one in whole._actions if isinstance(one, argparse._SubParsersAction)]
    if not inner:
        yield whole
    for action in inner:
        for child in action.choices.values():
            yield from commands(child)


COMMANDS = {command.prog: command for command in commands(parser())}


def page() -> str:
    """The page as the parser writes it."""
    return "\n".join([PREFACE, *(section(command) for command in COMMANDS.values())])


def section(command: argparse.ArgumentParser) -> str:
    arguments = [one for one in command._actions if not isinstance(one, argparse._HelpAction)]
    arguments.sort(key=lambda one: (is_flag(one), one.dest == "output"))
    usage = " ".join([command.prog, *map(in_usage, arguments)])
    rows = [f"| {in_table(one)} | {meaning(one)} |" for one in arguments]
    table = ["| argument | meaning |", "|---|---|", *rows]
    shown = ["```console", *(f"$ {example}" for example in examples(command)), "```"]
    return "\n".join(
        [f"## `{command.prog}`", "", command.description or "", "", f"`{usage}`", "", *table, "", *shown, ""]
    )


def is_flag(argument: argparse.Action) -> bool:
    return bool(argument.option_strings)


def value(argument: argparse.Action) -> str:
    if argument.choices:
        return "{" + ",".join(map(str, argument.choices)) + "}"
    return (argument.metavar if isinstance(argument.metavar, str) else argument.dest).upper()


def written(argument: argparse.Action) -> str:
    return " ".join([*argument.option_strings, *([] if argument.nargs == 0 else [value(argument)])])


def in_usage(argument: argparse.Action) -> str:
    text = written(argument) + (" …" if argument.nargs == "+" else "")
    optional = argument.nargs == "?" or (is_flag(argument) and not argument.required)
    return f"[{text}]" if optional else text


def in_table(argument: argparse.Action) -> str:
    return f"`{written(argument)}`".replace("|", "\\|")


def meaning(argument: argparse.Action) -> str:
    needed = "; required" if is_flag(argument) and argument.required else ""
    return (argument.help or "").replace("|", "\\|") + needed


def examples(command: argparse.ArgumentParser) -> list[str]:
    head, *lines = (command.epilog or "").splitlines()
    assert head == "examples:"
    return [line.strip() for line in lines]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_flag_says_what_it_does(name: str) -> None:
    command = COMMANDS[name]
    assert command.description
    assert [one.dest for one in command._actions if not one.help] == []
    assert all(name in example for example in examples(command))


@pytest.mark.parametrize("example", [one for command in COMMANDS.values() for one in examples(command)])
def test_every_example_is_a_command_that_is_understood(example: str) -> None:
    words = shlex.split(example)
    try:
        parser().parse_args(words[words.index("concord") + 1 :])
    except UsageError as error:
        assert "is no folder" in error.message  # the reader's own


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_in_text_or_json(name: str) -> None:
    assert "--output" in {flag for one in COMMANDS[name]._actions for flag in one.option_strings}


def loaded_after(folder: Path, *words: str) -> set[str]:
    """The top-level modules in a fresh process that ran this command."""
    script = (
        "import contextlib, io, json, sys\n"
        "from catalog.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        f"    code = main({list(words)!r})\n"
        "    assert code == 0, code\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    clean = {name: text for name, text in os.environ.items() if not name.startswith("CONCORD_")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**clean, **PATIENT, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_the_help_text_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded_after(tmp_path, "--help") & (HEAVY | {"yaml", "jsonschema_rs"}) == set()


def test_checking_a_product_without_metrics_and_sql_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded_after(tmp_path, "init", "mine", "--domain", "logistics") & HEAVY == set()
    for metrics in (tmp_path / "mine" / "metrics").iterdir():
        metrics.unlink()
    contract = tmp_path / "mine" / "products" / "requests" / "contract.odcs.yaml"
    before, sql, after = re.split(
        r"(?s)( +- name: nothing is answered.*?)(?= +properties:)", contract.read_text()
    )
    assert "type: sql" in sql
    contract.write_text(before + after)
    assert loaded_after(tmp_path, "check", "mine") & HEAVY == set()


def test_checking_sql_and_metrics_loads_the_sql_parser_and_nothing_else_that_is_heavy(tmp_path: Path) -> None:
    loaded_after(tmp_path, "init", "mine", "--domain", "logistics")
    assert loaded_after(tmp_path, "check", "mine") & HEAVY == {"sqlglot"}
