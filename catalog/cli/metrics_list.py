"""`concord metrics list`: what a dbt project or a folder of documents defines."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics list PATH`."""
    parser = add_command(
        commands,
        shared,
        "list",
        run,
        help="show the metrics that a dbt project defines; nothing is stored or asked of a server",
        examples=["concord metrics list .", "concord metrics list models/metrics.yml --output json"],
    )
    parser.add_argument("paths", nargs="+", type=Path, help="semantic layer YAML, or folders of it")


def run(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # every command has both
    """0 with the list; documents that cannot be read are refused with every fault."""
    from catalog.metrics import read_semantic_manifest

    manifest = read_semantic_manifest(given.paths)
    found = sorted(manifest.metrics, key=lambda one: one.name)
    output.document(
        {
            "metrics": [
                {"name": one.name, "type": one.type, "label": one.label, "description": one.description}
                for one in found
            ],
            "semantic_models": [one.name for one in manifest.semantic_models],
            "saved_queries": [one.name for one in manifest.saved_queries],
        }
    )
    output.table(["metric", "type", "description"], [(one.name, one.type, one.description) for one in found])
    output.line(
        f"{counted(len(found), 'metric')} over {counted(len(manifest.semantic_models), 'semantic model')}.",
        "grey",
    )
    return 0
