"""`concord metrics settle`: the executive sponsor decides what a name stands for."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics settle ASSET --reason …`."""
    parser = add_command(
        commands,
        shared,
        "settle",
        run,
        help="decide, as the executive sponsor, which definition a metric name stands for",
        examples=[
            'concord metrics settle metric:finance.gmv --reason "the figure of the annual report" '
            "--rename metric:sales.gmv --retire metric:marketing.gmv",
        ],
    )
    parser.add_argument(
        "asset", help="the metric whose definition its name stands for, as metric:finance.gmv"
    )
    parser.add_argument("--reason", required=True, help="why; it is shown with every number of that name")
    for fate, words in (
        ("align", "takes over this definition"),
        ("rename", "keeps its definition under another name"),
        ("retire", "goes"),
    ):
        parser.add_argument(
            f"--{fate}", action="append", default=[], metavar="ASSET", help=f"a metric that {words}"
        )
    parser.add_argument(
        "--definition-digest", default="", metavar="DIGEST", help="the definition that you have read"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be decided, store nothing")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the decision stands."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.cli.metrics_reconcile import settlement_json, settlement_words
    from catalog.domain.settlement import Fate
    from catalog.publishing.settle import SettleCommand, settle

    others = tuple((asset(one), fate) for fate in Fate for one in getattr(given, fate.value))
    command = SettleCommand(
        asset(given.asset), given.reason, others, given.definition_digest, dry_run=given.dry_run
    )
    with Services(settings) as services:
        outcome = settle(command, acting(services), services.gate)
    unheard = [str(key) for key in outcome.unheard]
    output.document({**settlement_json(outcome.settlement), "unheard": unheard, "dryRun": outcome.dry_run})
    output.line(
        f"{'would be: ' if outcome.dry_run else ''}{settlement_words(outcome.settlement, outcome.settlement.name)}"
    )
    if unheard:
        output.line(
            f"{counted(len(unheard), 'other metric')} of the name, not spoken of: {', '.join(unheard)}",
            "yellow",
        )
    return 0
