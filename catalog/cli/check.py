"""`concord check`: the whole flow over a folder, with no server and no store."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, add_documents_folder
from catalog.cli.output import Output, counted, findings_json
from catalog.cli.policy_report import add_report_flags, refuse_report_flags, write_report
from catalog.cli.verdict import exit_code
from catalog.config import Settings
from catalog.domain.errors import UsageError

if TYPE_CHECKING:
    from catalog.bootstrap import Services
    from catalog.policy.signature import BundleKey
    from catalog.policy.store_facts import StoreFacts
    from catalog.publishing.check import CheckedAsset, CheckOutcome


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
            "concord check . --report sarif --report-file concord.sarif",
            "concord check . --waivers waivers.json",
        ],
    )
    add_documents_folder(parser)
    parser.add_argument("--quality", action="store_true", help="also run the quality checks on the data")
    parser.add_argument(
        "--waivers",
        type=Path,
        metavar="FILE",
        help="waivers of the store, and when assets were first published, which grace looks at, as `concord policy "
        "waivers --export` or `GET /waivers` gives them; must be signed where the settings name a key, which may be "
        "the public one",
    )
    add_report_flags(parser)


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when nothing blocks, 1 when something does, 2 when the policy engine gave no verdict."""
    from catalog.bootstrap import Services

    refuse_report_flags(given, output)
    with Services(settings) as services:
        outcome = _outcome(given, services)
        alone = write_report(given, outcome, services)
    if not alone:
        _tell(given, outcome, output)
    return exit_code(outcome.findings, passes=outcome.passes)


def _tell(given: Namespace, outcome: "CheckOutcome", output: Output) -> None:
    output.document(
        {
            "passes": outcome.passes,
            "assets": [_asset(one) for one in outcome.assets],
            "findings": findings_json(outcome.findings),
        }
    )
    output.findings(outcome.findings)
    output.line(
        f"{given.folder} {'passes' if outcome.passes else 'is refused'}: "
        f"{counted(len(outcome.assets), 'asset')} judged, {counted(len(outcome.findings), 'finding')}.",
        "green" if outcome.passes else "red",
    )
    if given.report_file:
        output.line(f"{given.report_file} holds the report as {given.report}", "grey")


def _outcome(given: Namespace, services: "Services") -> "CheckOutcome":
    engine = services.policy_engine  # first: its process starts while the rest is imported and read
    from catalog.manifests.folder import read_folder
    from catalog.publishing.check import check

    return check(
        read_folder(given.folder),
        bundle=services.bundle,
        engine=engine,
        clock=services.clock,
        sql_engine=services.sql_engine if given.quality else None,
        locator=services.locator if given.quality else None,
        domain=given.domain,
        known=_known(given.waivers, services.bundle_key) if given.waivers else None,
        policy_deadline_seconds=services.settings.policy_deadline_seconds,
    )


def _known(file: Path, key: "BundleKey | None") -> "StoreFacts":
    from catalog.domain.document import Document
    from catalog.policy.store_facts_file import read_store_facts

    if not file.is_file():
        raise UsageError(f"{str(file)!r} is no file.", remedy="name a file of waivers")
    return read_store_facts(Document(str(file), file.read_bytes()), key=key)


def _asset(one: "CheckedAsset") -> dict[str, Any]:
    return {
        "asset": str(one.draft.key),
        "version": one.draft.version,
        "digest": one.draft.digest,
        "verdict": one.decision.verdict.value,
    }
