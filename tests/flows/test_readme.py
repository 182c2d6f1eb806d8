"""The README is true: its commands run, its verbs are verbs of the Makefile, its files are there.

Commands are the lines of bash blocks, and the lines that begin with `$ ` in console blocks. They run in one
shell, in their order, in a folder that holds only the examples and the rules. A block after `<!-- not run: reason -->` is only read.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from waiting import PATIENT

from catalog.cli.main import parser
from catalog.domain.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>[^\n]+?) -->\n)?```(?P<kind>bash|console)\n(?P<text>.*?)```", re.DOTALL
)
# Long jobs are verbs of the Makefile with tests of their own; here they only must exist.
SESSION = f"""
set -euo pipefail
concord() {{ {shlex.quote(sys.executable)} -m catalog.cli.main "$@"; }}
make() {{ grep -qE "^$1:.*## " {shlex.quote(str(ROOT / "Makefile"))} || {{ echo "no verb $1" >&2; return 2; }}; }}
set -v
"""


@dataclass(frozen=True)
class Block:
    """Commands of one block, and why they are not run where they are not."""

    commands: tuple[str, ...]
    reason: str


def blocks(text: str) -> list[Block]:
    return [
        Block(tuple(_commands(found["kind"], found["text"])), found["reason"] or "")
        for found in BLOCK.finditer(text)
    ]


def _commands(kind: str, text: str) -> list[str]:
    lines = text.splitlines()
    if kind == "bash":
        return [line for line in lines if line.strip() and not line.startswith("#")]
    return [line[2:] for line in lines if line.startswith("$ ")]


BLOCKS = blocks(README)


def test_commands_are_told_from_what_they_print_and_from_what_is_not_run() -> None:
    text = "```console\n$ one\nanswer\n$ two\n```\n<!-- not run: no data -->\n```bash\n# say\nthree\n```\n```json\n$ no\n```\n"
    assert blocks(text) == [Block(("one", "two"), ""), Block(("three",), "no data")]


def test_the_readme_tells_the_two_commands_and_a_first_check() -> None:
    told = [command for block in BLOCKS if not block.reason for command in block.commands]
    assert [
        verb for verb in ("make demo", "make test") if not any(one.startswith(verb) for one in told)
    ] == []
    assert any(one.startswith("concord check ") for one in told)


def test_what_the_readme_runs_runs(tmp_path: Path) -> None:
    script = "\n".join(command for block in BLOCKS if not block.reason for command in block.commands)
    for name in ("examples", "policies"):
        (tmp_path / name).symlink_to(ROOT / name)
    clean = {name: text for name, text in os.environ.items() if not name.startswith("CONCORD_")}
    done = subprocess.run(
        ["bash", "-c", SESSION + script],
        cwd=tmp_path,
        env={**clean, **PATIENT, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"`?\bmake ([a-z]+)\b(?=`| )", README))))
def test_every_verb_of_the_readme_is_one_of_the_makefile(verb: str) -> None:
    assert re.search(rf"^{verb}:.*## ", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize(
    "words",
    [
        words
        for block in BLOCKS
        for one in block.commands
        for words in re.findall(r"\bconcord ([a-z][^|&;)]*)", one)
    ],
)
def test_every_command_of_the_readme_is_one_of_the_command_line(words: str) -> None:
    try:
        parser().parse_args(shlex.split(words, comments=True))
    except UsageError as error:
        assert "is no folder" in error.message  # the reader makes it


@pytest.mark.parametrize(
    "path",
    sorted(
        set(re.findall(r"`((?:docs|graphql|policies|examples|tests|catalog)/[\w./-]*|[A-Z]+\.md)`", README))
    ),
)
def test_every_file_that_the_readme_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()
