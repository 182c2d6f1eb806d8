"""`concord policy audit`: everything that is served, judged once more."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from catalog.cli.command import add_command
from catalog.cli.output import Output, bar, counted, findings_json
from catalog.cli.policy_shadows import shadowed_json, tallied
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.policy.shadowed import Shadowed
    from catalog.publishing.auditing.shadow_audit import ShadowAudit

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
        {
            "revision": outcome.revision,
            "versions": outcome.versions,
            "evaluated": outcome.evaluated,
            "told": [asdict(one) | {"key": str(one.key)} for one in outcome.told],
            "finished": outcome.finished,
            "waivers": findings_json([one.finding for one in outcome.waivers]),
            "shadow": outcome.shadow and _shadow_json(outcome.shadow),
        }
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
    if outcome.shadow is not None:
        _tell_shadow(outcome.shadow, output)
    events = {one.event for one in outcome.told}
    return 2 if EventType.AUDIT_UNDECIDED in events else int(EventType.DEMOTED in events)


def _tell_shadow(found: "ShadowAudit", output: Output) -> None:
    """What is new of what the shadow would do, and what it comes to."""
    for one in found.told:
        output.line(f"in shadow, {one.key} {one.version} {_would(one)}; decision {one.decision_id}", "grey")
    output.line(f"in shadow {found.revision[:19]}: {tallied(found.tally)}")


def _would(one: "Shadowed") -> str:
    """What the shadow would make of the version, by what."""
    appearing, vanishing = (", ".join(codes) for codes in (one.shadow.appearing, one.shadow.vanishing))
    if not one.differs:
        return "is judged as without it again"
    if one.shadow.verdict == "error":
        return f"would get no decision: {appearing}"
    told = [f"would not show {vanishing}"] if vanishing else []
    if appearing:
        told.insert(0, f"would {'be demoted by' if one.demoted else 'show'} {appearing}")
    return " and ".join(told) or f"would be judged {one.shadow.verdict}, not {one.verdict}"


def _shadow_json(found: "ShadowAudit") -> dict[str, Any]:
    return {
        "revision": found.revision,
        **found.tally.plain,
        "differing": [shadowed_json(one) for one in found.differing],
    }
