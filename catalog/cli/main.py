"""`concord`: one command per step of the flow; exit 0 ok, 1 refused, 2 usage or engine error."""

import argparse
import sys
from collections.abc import Sequence

from catalog import __version__
from catalog.cli import (
    apply,
    audit,
    check,
    database,
    demo,
    deprecate,
    init,
    plan,
    policy,
    publish,
    query,
    retire,
    serve,
    sign_off,
    token,
)
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import CatalogError, ConfigInvalid

COMMANDS = (
    init,
    check,
    plan,
    apply,
    publish,
    sign_off,
    deprecate,
    retire,
    query,
    policy,
    audit,
    token,
    database,
    serve,
    demo,
)


def parser() -> argparse.ArgumentParser:
    """The whole command line; `docs/cli.md` is written from it."""
    whole = argparse.ArgumentParser(
        prog="concord", description="One gate before anything is served; one number for everyone who asks."
    )
    whole.add_argument("--version", action="version", version=f"concord {__version__}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--output", choices=("text", "json"), default="text", help="text for people, json for programs"
    )
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands, shared)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every refusal ends in its exit code and a sentence, never in a stack trace."""
    given = parser().parse_args(arguments)
    output = Output(given.output)
    try:
        return int(given.run(given, _settings(), output))
    except CatalogError as error:
        output.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _settings() -> Settings:
    try:
        return Settings.from_environment()
    except ValueError as error:
        raise ConfigInvalid(
            str(error), remedy="see docs/operations.md for what each setting holds"
        ) from error


if __name__ == "__main__":
    sys.exit(main())
