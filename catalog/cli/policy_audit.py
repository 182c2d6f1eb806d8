"""`concord policy audit`: everything that is served, judged once more."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import Any, Final

from catalog.cli.command import add_command
from catalog.cli.output import Output, bar, counted, findings_json
from catalog.config import Settings

_WORDS: Final = {
    "audit_undecided": ("got no decision", "red"),
    "audit_warned": ("is warned by", "yellow"),
    "demoted": ("is demoted by", "red"),
    "reinstated": ("is reinstated", "green"),
}


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """`concord policy audit`."""
    parser = add_command(
        inner,
        shared,
        "audit",
        run,
        help="judge every served version at the audit point, store and tell what changed",
        examples=["concord policy audit", "concord policy audit --all"],
    )
    parser.add_argument(
        "--all",
        action="store_true",
        dest="everything",
        help="evaluate everything again, also what cannot have changed since the last audit",
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0; 1 when a version is newly demoted, 2 when one got no decision."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.domain.event import EventType
    from catalog.publishing.auditing.audit_served import audit_served

    with Services(settings) as services:
        tell = output.progress("auditing")
        outcome = audit_served(
            acting(services),
            services.gate,
            everything=given.everything,
            progress=lambda done, total: tell(f"{bar(done, total)} of {counted(total, 'version')}"),
        )
    output.progress_done()
    output.document(
        asdict(outcome)
        | {"told": [asdict(one) | {"key": str(one.key)} for one in outcome.told]}
        | {"waivers": findings_json([one.finding for one in outcome.waivers])}
    )
    for one in outcome.told:
        words, colour = _WORDS[one.event.rpartition(".")[2]]
        by = f" {', '.join(one.rules)}" if words.endswith("by") else ""
        decision = f", decision {one.decision_id}" if one.decision_id else ""
        output.line(f"{one.key} {one.version} {words}{by}; owner {one.owner or 'nobody'}{decision}", colour)
    output.findings(one.finding for one in outcome.waivers)
    output.line(
        f"{counted(outcome.versions, 'served version')}, {outcome.evaluated} evaluated, "
        f"{len(outcome.told)} told; {outcome.revision[:19]}"
    )
    events = {one.event for one in outcome.told}
    return 2 if EventType.AUDIT_UNDECIDED in events else int(EventType.DEMOTED in events)
