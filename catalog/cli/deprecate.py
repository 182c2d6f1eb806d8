"""`concord deprecate`: tell consumers that a version will go."""

from argparse import ArgumentParser, Namespace
from datetime import datetime
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, findings_json
from catalog.config import Settings
from catalog.domain.errors import UsageError


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord deprecate ASSET VERSION --notice TEXT --sunset INSTANT`."""
    parser = add_command(
        commands,
        shared,
        "deprecate",
        run,
        help="keep a version served, with a notice and the date on which it goes",
        examples=[
            "concord deprecate metric:finance.gmv 1.0.0 --notice 'net of refunds from 2.0.0 on' "
            "--sunset 2027-06-30T00:00:00Z --replaced-by metric:finance.gmv@2.0.0"
        ],
    )
    parser.add_argument("asset", help="the asset, as data_product:sales.orders or metric:finance.arr")
    parser.add_argument("version", help="the published version")
    parser.add_argument("--notice", required=True, metavar="TEXT", help="what changes for consumers, and why")
    parser.add_argument(
        "--sunset", required=True, metavar="INSTANT", help="when it goes, as 2027-06-30T00:00:00Z"
    )
    parser.add_argument(
        "--replaced-by", default="", metavar="ASSET", help="what to use instead, as metric:finance.gmv@2.0.0"
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the version is deprecated."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.publishing.deprecate import DeprecateCommand, deprecate

    try:
        sunset = datetime.fromisoformat(given.sunset)
    except ValueError as error:
        raise UsageError(f"{given.sunset!r} is no instant.", remedy="write 2027-06-30T00:00:00Z") from error
    command = DeprecateCommand(asset(given.asset), given.version, given.notice, sunset, given.replaced_by)
    with Services(settings) as services:
        outcome = deprecate(command, acting(services), services.gate)
    output.document(
        {
            "asset": str(outcome.key),
            "version": outcome.version,
            "status": outcome.status.value,
            "findings": findings_json(outcome.findings),
        }
    )
    output.line(
        f"{outcome.key} {outcome.version} is {outcome.status}; it goes on {sunset.isoformat()}.", "yellow"
    )
    output.findings(outcome.findings, indent="    ")
    return 0
