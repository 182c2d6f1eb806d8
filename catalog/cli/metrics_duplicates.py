"""`concord metrics duplicates`: one meaning under several names."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics duplicates`."""
    add_command(
        commands,
        shared,
        "duplicates",
        run,
        help="list metrics that mean the same under different names, as far as you may see them",
        examples=["concord metrics duplicates"],
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # a command takes them
    """0, with or without a finding: another name is no fault by itself."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.publishing.reconciliation.reconcile import find_duplicates

    with Services(settings) as services:
        groups = find_duplicates(acting(services), services.gate)
    output.document(
        {
            "duplicates": [
                {"says": group[0].statement.words, "metrics": [str(one.key) for one in group]}
                for group in groups
            ]
        }
    )
    for group in groups:
        output.line(", ".join(one.statement.who for one in group), "bold")
        output.line(f"    {group[0].statement.words}", "grey")
    if not groups:
        output.line("no two metrics of different names mean the same")
    return 0
