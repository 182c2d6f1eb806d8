"""`concord`: one command per step of the flow; exit 0 ok, 1 refused, 2 usage or engine error."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NoReturn

from catalog import __version__
from catalog.cli import (
    apply,
    audit,
    check,
    database,
    demo,
    deprecate,
    init,
    lineage,
    metrics,
    plan,
    policy,
    publish,
    query,
    retire,
    serve,
    sign_off,
    token,
)
from catalog.cli.command import Parser
from catalog.cli.failure import failure
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import CatalogError, ConfigInvalid

COMMANDS: Final = {
    "init": init,
    "check": check,
    "plan": plan,
    "apply": apply,
    "publish": publish,
    "sign-off": sign_off,
    "deprecate": deprecate,
    "retire": retire,
    "query": query,
    "metrics": metrics,
    "lineage": lineage,
    "policy": policy,
    "audit": audit,
    "token": token,
    "db": database,
    "serve": serve,
    "demo": demo,
}
# Modules, manifests and plans stay until the end: looking for garbage among them is a third of a short command.
_COLLECT_AFTER: Final = 400_000
_INTERRUPTED = 130
_NOBODY_READS = 141


def parser(command: str = "") -> Parser:
    """The whole command line, from which `docs/cli.md` is written; or as much of it as one command needs."""
    whole = Parser(
        prog="concord",
        description="One gate before anything is served; one number for everyone who asks.",
        epilog="Exit codes: 0 ok, 1 refused, 2 usage or engine error. `concord COMMAND --help` has examples.",
    )
    whole.add_argument("--version", action="version", version=f"concord {__version__}")
    shared = Parser(add_help=False)
    for part, default in ((whole, "text"), (shared, argparse.SUPPRESS)):  # before the command or after it
        part.add_argument(
            "--output",
            choices=("text", "json"),
            default=default,
            help="text for people (the default), or one JSON document for programs",
        )
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for one in [COMMANDS[command]] if command in COMMANDS else COMMANDS.values():
        one.add_to(commands, shared)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every refusal ends in its exit code and a sentence, never in a stack trace."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    output = Output(_form(words))
    _write_anything()
    gc.set_threshold(_COLLECT_AFTER)
    try:
        return _run(words, output)
    except BrokenPipeError:  # as `concord … | head`: nobody reads on, which is no fault
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(words: Sequence[str], output: Output) -> int:
    try:
        given = parser(_command(words)).parse_args(words)
        return int(given.run(given, _settings(), output))
    except BrokenPipeError:
        raise
    except CatalogError as error:
        output.error(error)
        return error.exit_code
    except Exception as error:  # law: the process's edge; else a fault of ours exits 1, as a refusal
        if sys.flags.dev_mode:
            raise
        fault = failure(error)
        output.error(fault)
        return fault.exit_code


def _command(words: Sequence[str]) -> str:
    """The first word that is no flag: parsers of commands that nobody asked for are not built."""
    return next((one for one in words if not one.startswith("-")), "")


def _form(words: Sequence[str]) -> str:
    """The form of the answer, known before the words are parsed: a usage error has it too."""
    asked = "--output=json" in words or ("--output", "json") in pairwise(words)
    return "json" if asked else "text"


def _write_anything() -> None:
    """A name that the terminal cannot show is written with escapes; it does not end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _settings() -> Settings:
    try:
        return Settings.from_environment()
    except ValueError as error:
        raise ConfigInvalid(
            f"{error}.", remedy="see docs/operations.md for what each setting holds"
        ) from error


def program() -> NoReturn:
    """The command line as a process of its own, which ends without looking for garbage once more."""
    code = main()
    if "duckdb" not in sys.modules:  # whose bindings take what is left frozen for leaks, and say so at length
        gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    program()
