"""`concord apply`: register what a folder says."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command, add_documents_folder
from catalog.cli.output import Output, findings_json
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord apply FOLDER`."""
    parser = add_command(
        commands,
        shared,
        "apply",
        run,
        help="register every product and metric of a folder as drafts: all of them, or none",
        examples=["concord apply .", "concord apply . --dry-run --output json"],
    )
    add_documents_folder(parser)
    parser.add_argument("--dry-run", action="store_true", help="store nothing")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when everything is registered; the same content again changes nothing and says so."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.manifests.folder import read_folder
    from catalog.manifests.read import read
    from catalog.publishing.review import registration_review
    from catalog.registry.ownership import in_domain
    from catalog.registry.register import register

    with Services(settings) as services:
        actor, gate = acting(services), services.gate
        tell = output.progress("judged")
        registered = register(
            in_domain(read(read_folder(given.folder)), given.domain),
            actor,
            gate.open_unit,
            gate.clock,
            dry_run=given.dry_run,
            review=registration_review(actor, gate, progress=lambda done, of: tell(f"{done} of {of} drafts")),
        )
    output.progress_done()
    output.document(
        {
            "dryRun": given.dry_run,
            "drafts": [
                {
                    "asset": str(one.key),
                    "version": one.version,
                    "digest": one.digest,
                    "stored": one.stored,
                    "findings": findings_json(one.findings),
                }
                for one in registered
            ],
        }
    )
    for one in registered:
        what = "unchanged" if not one.stored else "would be registered" if given.dry_run else "registered"
        output.line(f"{one.key} {one.version} {what} {one.digest[:19]}", "green" if one.stored else "grey")
        output.findings(one.findings, indent="    ")
    return 0
