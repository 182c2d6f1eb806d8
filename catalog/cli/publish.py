"""`concord publish`: put a draft before the gate."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, findings_json
from catalog.cli.verdict import exit_code
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord publish ASSET`."""
    parser = add_command(
        commands,
        shared,
        "publish",
        run,
        help="judge the latest draft of an asset and serve it if it passes",
        examples=[
            "concord publish data_product:sales.orders",
            "concord publish metric:finance.arr --dry-run",
        ],
    )
    parser.add_argument("asset", help="the asset, as data_product:sales.orders or metric:finance.arr")
    parser.add_argument("--digest", default="", help="publish this draft instead of the latest")
    parser.add_argument(
        "--expected-row-version", type=int, metavar="NUMBER", help="refuse if somebody else changed the asset"
    )
    parser.add_argument(
        "--idempotency-key", default="", metavar="KEY", help="the same key gives the same answer"
    )
    parser.add_argument("--dry-run", action="store_true", help="judge, store nothing")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the draft is served now, 1 when it is refused, 2 when the policy engine gave no verdict."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.publishing.publish import PublishCommand, publish

    command = PublishCommand(
        asset(given.asset), given.digest, given.expected_row_version, given.idempotency_key, given.dry_run
    )
    tell = output.progress(given.asset)
    with Services(settings) as services:
        actor = acting(services)
        outcome = publish(command, actor, services.gate, progress=lambda step, _: tell(step.value))
    output.progress_done()
    output.document(
        {
            "asset": str(outcome.key),
            "version": outcome.version,
            "result": outcome.result.value,
            "dryRun": outcome.dry_run,
            "rowVersion": outcome.row_version,
            "decisionId": outcome.decision_id,
            "qualityRunId": outcome.quality_run_id,
            "findings": findings_json(outcome.findings),
        }
    )
    colour = "green" if outcome.published else "red"
    note = " (dry run: nothing was stored)" if outcome.dry_run else ""
    output.line(f"{outcome.key} {outcome.version}: {outcome.result}{note}", colour)
    output.findings(outcome.findings, indent="    ")
    output.line(f"decision {outcome.decision_id}", "grey")
    return exit_code(outcome.findings, passes=outcome.published)
