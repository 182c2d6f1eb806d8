"""`concord metrics`: definitions of metrics in the terminal and in CI."""

from argparse import ArgumentParser
from typing import Any

from catalog.cli import (
    metrics_build,
    metrics_compile,
    metrics_duplicates,
    metrics_export,
    metrics_import,
    metrics_list,
    metrics_preview,
    metrics_reconcile,
    metrics_settle,
    metrics_validate,
)
from catalog.cli.command import add_group


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """Every `concord metrics` command."""
    inner = add_group(
        commands, "metrics", help="read, judge and compile definitions of metrics, and count ahead"
    )
    commands_in_order = (
        metrics_list,
        metrics_validate,
        metrics_compile,
        metrics_preview,
        metrics_export,
        metrics_import,
        metrics_build,
        metrics_reconcile,
        metrics_settle,
        metrics_duplicates,
    )
    for command in commands_in_order:
        command.add_to(inner, shared)
