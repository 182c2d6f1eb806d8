"""`concord metrics export`: definitions as a document of another tool."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, findings_json
from catalog.config import Settings

# What `--format` takes, and which version of Apache Ossie it is.
FORMATS = {"ossie": "0.2.0.dev0", "ossie-0.1.1": "0.1.1"}


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics export PATH`."""
    parser = add_command(
        commands,
        shared,
        "export",
        run,
        help="write metrics as an Apache Ossie (OSI) document, and tell what other tools will not see of them",
        examples=[
            "concord metrics export models --out metrics.ossie.yaml",
            "concord metrics export models --format ossie-0.1.1 --name retail",
        ],
    )
    parser.add_argument("paths", nargs="+", type=Path, help="semantic layer YAML, or folders of it")
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="ossie", help="ossie is the newest version"
    )
    parser.add_argument("--name", default="metrics", help="the name of the semantic model that is written")
    parser.add_argument("--out", type=Path, metavar="FILE", help="a file instead of standard output")


def run(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # every command has both
    """0 with the document; the report of losses goes to standard error."""
    from catalog.manifests.yaml_text import yaml_text
    from catalog.metrics import read_semantic_manifest
    from catalog.metrics.ossie_export import ossie_document

    exported = ossie_document(
        read_semantic_manifest(given.paths), name=given.name, version=FORMATS[given.format]
    )
    text = yaml_text(exported.document)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
        output.line(f"wrote {given.out}")
    elif not output.is_json:
        sys.stdout.write(text)
    output.document(
        {
            "written": str(given.out) if given.out else None,
            "document": None if given.out else exported.document,
            "findings": findings_json(exported.findings),
        }
    )
    output.findings(exported.findings, stream=sys.stderr)
    return 0
