"""How a command enters the command line: its help, its examples, its function."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from catalog.cli.output import Output
from catalog.config import Settings

Run = Callable[[argparse.Namespace, Settings, Output], int]


def add_command(
    commands: Any, shared: argparse.ArgumentParser, name: str, run: Run, *, help: str, examples: Sequence[str]
) -> argparse.ArgumentParser:
    """A parser for one command that ends in `run`; examples stand under its help text."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        parents=[shared],
        epilog="examples:\n" + "\n".join(f"  {example}" for example in examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser
