"""`concord audit`: the chain of everything that was changed."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command, add_group
from catalog.cli.output import Output
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord audit verify`."""
    inner = add_group(commands, "audit", help="verify the hash chain of the audit log")
    add_command(
        inner,
        shared,
        "verify",
        run_verify,
        help="walk the whole chain and name the first sequence that does not hold",
        examples=["concord audit verify"],
    )


def run_verify(_given: Namespace, settings: Settings, output: Output) -> int:
    """0 when every link holds; `AuditBroken` names the first that does not."""
    from catalog.bootstrap import Services

    tell = output.progress("verified")
    with Services(settings) as services:
        verified = services.store.verify_audit(progress=lambda count: tell(str(count)))
    output.progress_done()
    output.document({"verified": verified.rows, "head": verified.head})
    output.line(f"{verified.rows} audit rows hold; the head is {verified.head or 'empty'}.", "green")
    return 0
