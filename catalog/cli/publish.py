"""`concord publish`: put a draft before the gate."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.impact import tell_impact
from catalog.cli.output import Output, findings_json
from catalog.cli.verdict import exit_code
from catalog.config import Settings
from catalog.domain.errors import UsageError

if TYPE_CHECKING:
    from catalog.access.actor import Actor
    from catalog.bootstrap import Services
    from catalog.domain.identity import AssetKey
    from catalog.publishing.outcome import PublishOutcome


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord publish ASSET`."""
    parser = add_command(
        commands,
        shared,
        "publish",
        run,
        help="judge the latest draft of each asset and serve it if it passes, after what it is made from",
        examples=[
            "concord publish data_product:sales.orders",
            "concord publish metric:finance.arr --dry-run",
            "concord publish metric:sales.margin data_product:sales.orders metric:sales.revenue",
        ],
    )
    parser.add_argument(
        "assets",
        nargs="+",
        metavar="asset",
        help="the asset, as data_product:sales.orders or metric:finance.arr; several in any order",
    )
    parser.add_argument("--digest", default="", help="publish this draft instead of the latest")
    parser.add_argument(
        "--expected-row-version", type=int, metavar="NUMBER", help="refuse if somebody else changed the asset"
    )
    parser.add_argument(
        "--idempotency-key", default="", metavar="KEY", help="the same key gives the same answer"
    )
    parser.add_argument("--dry-run", action="store_true", help="judge, store nothing")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when all drafts are served now, 1 when one is refused, 2 when the policy engine gave no verdict."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset

    keys = list(dict.fromkeys(asset(one) for one in given.assets))
    _require_one(given, len(keys))
    with Services(settings) as services:
        outcomes = _published(given, keys, acting(services), services, output)
    output.progress_done()
    documents = [_document(one) for one in outcomes]
    output.document(documents[0] if len(keys) == 1 else {"assets": documents})
    for one in outcomes:
        _tell(one, output)
    findings = [found for one in outcomes for found in one.findings]
    return exit_code(findings, passes=all(one.published for one in outcomes))


def _require_one(given: Namespace, count: int) -> None:
    single = (given.digest, given.idempotency_key, given.dry_run, given.expected_row_version is not None)
    if count > 1 and any(single):
        raise UsageError(
            "--digest, --expected-row-version, --idempotency-key and --dry-run are about one asset.",
            remedy="name one asset, or see what a folder would do with `concord plan`",
        )


def _published(
    given: Namespace, keys: "list[AssetKey]", actor: "Actor", services: "Services", output: Output
) -> "tuple[PublishOutcome, ...]":
    from catalog.publishing.publish import PublishCommand, publish
    from catalog.publishing.publish_set import publish_set

    if len(keys) > 1:
        return publish_set(
            keys, actor, services.gate, begins=lambda key: output.progress(str(key))("publish")
        )
    command = PublishCommand(
        keys[0], given.digest, given.expected_row_version, given.idempotency_key, given.dry_run
    )
    tell = output.progress(str(keys[0]))
    return (publish(command, actor, services.gate, progress=lambda step, _: tell(step.value)),)


def _document(outcome: "PublishOutcome") -> dict[str, Any]:
    from catalog.publishing.impact import to_plain

    return {
        "asset": str(outcome.key),
        "version": outcome.version,
        "result": outcome.result.value,
        "dryRun": outcome.dry_run,
        "rowVersion": outcome.row_version,
        "decisionId": outcome.decision_id,
        "qualityRunId": outcome.quality_run_id,
        "findings": findings_json(outcome.findings),
        "impact": to_plain(outcome.impact),
    }


def _tell(outcome: "PublishOutcome", output: Output) -> None:
    colour = "green" if outcome.published else "red"
    note = " (dry run: nothing was stored)" if outcome.dry_run else ""
    output.line(f"{outcome.key} {outcome.version}: {outcome.result}{note}", colour)
    output.findings(outcome.findings, indent="    ")
    tell_impact(outcome.impact, output)
    if outcome.decision_id:
        output.line(f"decision {outcome.decision_id}", "grey")
