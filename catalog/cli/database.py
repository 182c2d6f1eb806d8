"""`concord db`: the schema of the metadata store."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command, add_group
from catalog.cli.output import Output
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord db upgrade | current`."""
    inner = add_group(commands, "db", help="bring the metadata store to the schema of this version")
    add_command(
        inner,
        shared,
        "upgrade",
        run_upgrade,
        help="create the schema or bring it to the newest revision; safe to start twice at once",
        examples=["concord db upgrade", "CONCORD_DATABASE_URL=postgresql+pg8000://… concord db upgrade"],
    )
    add_command(
        inner,
        shared,
        "current",
        run_current,
        help="say which revision the store is at",
        examples=["concord db current"],
    )


def run_upgrade(_given: Namespace, settings: Settings, output: Output) -> int:
    """Upgrade and say from where to where."""
    from catalog.store import migrate
    from catalog.store.revision import current

    before, after = current(settings.database_url), migrate.upgrade(settings.database_url)
    output.document({"before": before, "after": after})
    output.line(
        f"The store is at {after}."
        if before == after
        else f"The store went from {before or 'empty'} to {after}."
    )
    return 0


def run_current(_given: Namespace, settings: Settings, output: Output) -> int:
    """Print the revision."""
    from catalog.store.revision import current

    revision = current(settings.database_url)
    output.document({"current": revision})
    output.line(revision or "empty: run `concord db upgrade`")
    return 0
