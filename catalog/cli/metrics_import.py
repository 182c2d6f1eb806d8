"""`concord metrics import`: a document of another tool as dbt semantic layer YAML."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted, findings_json
from catalog.config import Settings
from catalog.domain.errors import Refused, UsageError


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics import FILE --out DIR`."""
    parser = add_command(
        commands,
        shared,
        "import",
        run,
        help="read an Apache Ossie (OSI) document, and write dbt semantic layer YAML with a report of what was lost",
        examples=["concord metrics import metrics.ossie.yaml --out models/metrics"],
    )
    parser.add_argument(
        "file", type=Path, help="the document; semantic layer YAML is written in one form too"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="where the file is written to")


def run(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # every command has both
    """0 with what could be read; 1 for a document that cannot be believed, and then nothing is written."""
    from catalog.domain.document import Document
    from catalog.manifests.dbt_document import dbt_document
    from catalog.manifests.read import read
    from catalog.manifests.yaml_text import yaml_text

    target = given.out / f"{given.file.name.split('.')[0]}.yml"
    if not given.file.is_file():
        raise UsageError(f"There is no file {given.file}.", remedy="name a document")
    if target.exists():
        raise UsageError(f"{target} is there already.", remedy="name another folder, or move it away")
    found = read([Document(str(given.file), given.file.read_bytes())])
    if faults := [one for one in found.findings if one.blocks]:
        raise Refused(faults[0].message, findings=found.findings)
    if not found.semantic.semantic_models:
        raise Refused(f"{given.file} holds no semantic model.", findings=found.findings)
    given.out.mkdir(parents=True, exist_ok=True)
    target.write_text(yaml_text(dbt_document(found.semantic)), encoding="utf-8")
    output.document({"written": str(target), "findings": findings_json(found.findings)})
    output.findings(found.findings, stream=sys.stderr)
    output.line(f"wrote {target}: {counted(len(found.semantic.metrics), 'metric')}.")
    output.line(f"Next: `concord metrics validate {target}`.")
    return 0
