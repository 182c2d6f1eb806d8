"""`concord sign-off`: approve a definition in a role."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.people import Role


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord sign-off ASSET --role ROLE`."""
    parser = add_command(
        commands,
        shared,
        "sign-off",
        run,
        help="approve the definition of the latest draft, in a role that you hold",
        examples=["concord sign-off metric:finance.arr --role executive_sponsor"],
    )
    parser.add_argument("asset", help="the asset, as data_product:sales.orders or metric:finance.arr")
    parser.add_argument(
        "--role", required=True, choices=[role.value for role in Role], help="the role you sign in"
    )
    parser.add_argument(
        "--definition-digest", default="", metavar="DIGEST", help="the definition that you have read"
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the approval stands."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.publishing.sign import SignOffCommand, sign_off

    command = SignOffCommand(asset(given.asset), Role(given.role), given.definition_digest)
    with Services(settings) as services:
        outcome = sign_off(command, acting(services), services.gate)
    missing = [role.value for role in outcome.missing]
    output.document(
        {
            "asset": str(outcome.key),
            "definitionDigest": outcome.definition_digest,
            "recorded": outcome.recorded,
            "missing": missing,
        }
    )
    output.line(
        f"{outcome.key}: signed as {given.role}" if outcome.recorded else f"{outcome.key}: signed before"
    )
    output.line(f"still to sign: {', '.join(missing)}" if missing else "nobody is left to sign", "grey")
    return 0
