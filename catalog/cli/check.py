"""`concord check`: the whole flow over a folder, with no server and no store."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, findings_json
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord check FOLDER`."""
    parser = add_command(
        commands,
        shared,
        "check",
        run,
        help="judge the documents of a folder as CI does: formats, references, policy, and quality if asked",
        examples=[
            "concord check .",
            "concord check products/orders --quality",
            "concord check . --output json",
        ],
    )
    parser.add_argument("folder", type=Path, help="the folder with ODPS, ODCS and semantic YAML")
    parser.add_argument("--quality", action="store_true", help="also run the quality checks on the data")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when nothing blocks, 1 when something does."""
    from catalog.bootstrap import Services
    from catalog.manifests.folder import read_folder
    from catalog.publishing.check import check

    documents = read_folder(given.folder)
    with Services(settings) as services:
        outcome = check(
            documents,
            bundle=services.bundle,
            engine=services.policy_engine,
            clock=services.clock,
            sql_engine=services.sql_engine if given.quality else None,
            locator=services.locator if given.quality else None,
        )
    output.document({"passes": outcome.passes, "findings": findings_json(outcome.findings)})
    output.findings(outcome.findings)
    verdict = "passes" if outcome.passes else "is refused"
    output.line(
        f"{given.folder} {verdict}: {len(outcome.findings)} findings.", "green" if outcome.passes else "red"
    )
    return 0 if outcome.passes else 1
