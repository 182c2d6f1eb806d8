"""`concord metrics validate`: every rule over the definitions of a dbt project, with no server and no store."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted, findings_json
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics validate PATH`."""
    parser = add_command(
        commands,
        shared,
        "validate",
        run,
        help="hold the metrics of a dbt project against every rule; all findings come at once",
        examples=["concord metrics validate .", "concord metrics validate models --output json"],
    )
    parser.add_argument("paths", nargs="+", type=Path, help="semantic layer YAML, or folders of it")


def run(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # every command has both
    """0 when no finding blocks, 1 when one does."""
    from catalog.metrics import read_semantic_manifest
    from catalog.metrics.validation import validate

    manifest = read_semantic_manifest(given.paths)
    findings = validate(manifest)
    valid = not any(one.blocks for one in findings)
    output.document({"valid": valid, "findings": findings_json(findings)})
    output.findings(findings)
    output.line(
        f"{counted(len(manifest.metrics), 'metric')} {'valid' if valid else 'refused'}, "
        f"{counted(len(findings), 'finding')}.",
        "green" if valid else "red",
    )
    return 0 if valid else 1
