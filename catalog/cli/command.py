"""How a command enters the command line: its help, its examples, its function."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import UsageError

Run = Callable[[argparse.Namespace, Settings, Output], int]


class Parser(argparse.ArgumentParser):
    """A parser whose faults are `UsageError`s, told in the same form as every other error.

    Flags are written whole: an abbreviation would change its meaning with the next flag that is added.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise the fault with what helps."""
        remedy = f"see `{self.prog} --help`"
        if "expected one argument" in message:
            remedy = f"join a value that begins with - by =, as --flag=-value; {remedy}"
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", remedy=remedy)


def add_command(
    commands: Any, shared: argparse.ArgumentParser, name: str, run: Run, *, help: str, examples: Sequence[str]
) -> argparse.ArgumentParser:
    """A parser for one command that ends in `run`; examples stand under its help text."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description=sentence(help),
        parents=[shared],
        epilog="examples:\n" + "\n".join(f"  {example}" for example in examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def add_group(commands: Any, name: str, *, help: str) -> Any:
    """A command of commands, as `concord db`; returns where they are added."""
    group: argparse.ArgumentParser = commands.add_parser(name, help=help, description=sentence(help))
    return group.add_subparsers(title="commands", metavar="COMMAND", required=True)


def sentence(text: str) -> str:
    """A help text with its capital and its full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def add_documents_folder(parser: argparse.ArgumentParser) -> None:
    """What every command takes that reads documents: FOLDER, and whose they are."""
    parser.add_argument(
        "folder", type=folder, help="the folder with ODPS, ODCS, dbt semantic layer YAML and Ossie"
    )
    parser.add_argument("--domain", default="", help="the domain of documents that name none")


def folder(text: str) -> Path:
    """An argument that is a folder; anything else is a usage error."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no folder")
    return path
