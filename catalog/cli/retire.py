"""`concord retire`: end a deprecated version."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, findings_json
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord retire ASSET VERSION`."""
    parser = add_command(
        commands,
        shared,
        "retire",
        run,
        help="take a deprecated version out of service once its sunset has come",
        examples=[
            "concord retire metric:finance.gmv 1.0.0",
            "concord retire data_product:sales.orders 1.4.0 --force",
        ],
    )
    parser.add_argument("asset", help="the asset, as data_product:sales.orders or metric:finance.arr")
    parser.add_argument("version", help="the deprecated version")
    parser.add_argument(
        "--force",
        action="store_true",
        help="even if something served hangs on it, which is refused from then on",
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the version is served to nobody any more."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.publishing.retire import RetireCommand, retire

    with Services(settings) as services:
        command = RetireCommand(asset(given.asset), given.version, force=given.force)
        outcome = retire(command, acting(services), services.gate)
    output.document(
        {
            "asset": str(outcome.key),
            "version": outcome.version,
            "status": outcome.status.value,
            "findings": findings_json(outcome.findings),
        }
    )
    output.line(f"{outcome.key} {outcome.version} is {outcome.status}.", "yellow")
    output.findings(outcome.findings, indent="    ")
    return 0
