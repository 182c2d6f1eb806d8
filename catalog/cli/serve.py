"""`concord serve`: the doors, over HTTP."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import CatalogError, ConfigInvalid


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord serve`."""
    add_command(
        commands,
        shared,
        "serve",
        run,
        help="serve GraphQL, health and metrics; every setting comes from the environment",
        examples=["CONCORD_SECRET=… CONCORD_DATA_ROOT=/data concord serve"],
    )


def run(_given: Namespace, settings: Settings, output: Output) -> int:
    """Serve until told to stop; refuses to start on settings that are not whole."""
    if faults := settings.faults():
        raise ConfigInvalid(" ".join(faults), remedy="see docs/operations.md")
    from catalog.serving.process import serve

    output.line(f"Concord serves on http://{settings.host}:{settings.port}/graphql")
    try:
        return serve(settings)
    except SystemExit as ended:  # uvicorn's way to say that it could not listen
        raise CatalogError(
            f"The server could not start on {settings.host}:{settings.port}.",
            remedy="set CONCORD_HOST and CONCORD_PORT to an address of this machine that is free",
        ) from ended
