"""`concord policy simulate`: whom a change of the rules would break, before anyone feels it."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, folder
from catalog.cli.output import Output, bar, counted, findings_json
from catalog.config import Settings
from catalog.domain.errors import UsageError

if TYPE_CHECKING:
    from catalog.bootstrap import Services
    from catalog.domain.draft import Draft
    from catalog.domain.finding import Finding
    from catalog.policy.bundle import Bundle
    from catalog.policy.simulate import Simulation
    from catalog.publishing.simulate_served import MeshSimulation

_ACTIVE = "active"
_SHOWN = 5


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """`concord policy simulate`."""
    parser = add_command(
        inner,
        shared,
        "simulate",
        run,
        help="compare two sets of rules: who newly fails, newly passes, would be demoted, and who reads that",
        examples=[
            "concord policy simulate --bundle new --against active --scope sales",
            "concord policy simulate products --bundle new --against policies --fail-on newly-failing",
            "concord policy simulate --bundle new --over decisions --since 2026-11-01",
        ],
    )
    parser.add_argument(
        "folder", type=folder, nargs="*", help="folders with documents; without one, what the store serves"
    )
    parser.add_argument(
        "--bundle", type=folder, required=True, metavar="DIR", help="the policies folder that is tried"
    )
    parser.add_argument(
        "--against",
        type=_rules,
        metavar="DIR",
        help="the policies folder of today, or `active` for what is in force in the store; "
        "if not named, the configured folder for documents, else what is in force",
    )
    parser.add_argument("--over", choices=("decisions",), help="judge the views of recorded decisions again")
    parser.add_argument(
        "--since", type=_day, metavar="DATE", help="only decisions from this UTC day on; with --over"
    )
    parser.add_argument(
        "--scope", default="", metavar="NAME", help="of what is served, only this domain, or this kind"
    )
    parser.add_argument(
        "--at",
        default="",
        choices=("audit", "ci", "publish", "register"),
        help="the enforcement point; publish for documents, audit for what is served",
    )
    parser.add_argument(
        "--fail-on", choices=("newly-failing", "demoted"), help="exit with 1 when an asset is in this group"
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0, 1 when an asset is in the group of `--fail-on`.

    2 when a bundle gave no decision, a document could not be read, or nothing was there for `--fail-on` to look at.
    """
    from catalog.bootstrap import Services

    _refuse_what_does_not_go_together(given)
    tell = output.progress("simulating")
    drafts, unread = _drafts(given.folder)
    with Services(settings) as services:
        if given.folder:
            found, served = _documents(given, drafts, services, tell), None
        elif given.over:
            found, served = _decisions(given, services, tell), None
        else:
            served = _served(given, services, tell)
            found = served.simulation
    output.progress_done()
    output.document(
        asdict(found) | ({"demoted": _readers(served)} if served else {}) | {"unread": findings_json(unread)}
    )
    output.findings(unread)
    _tell(found, output)
    if served:
        _tell_readers(served, output)
    _sum(found, output)
    failing = any(one.newly_failing or one.newly_blocked for one in found.rules)
    refused = {"newly-failing": failing, "demoted": bool(found.demoted)}.get(given.fail_on, False)
    if unread:
        output.line("not judged is what cannot be read", "red")
    judged_nothing = bool(given.fail_on) and not found.assets
    if judged_nothing:
        output.line(f"nothing was judged, so that --fail-on {given.fail_on} says nothing", "red")
    return 2 if found.errors or unread or judged_nothing else int(refused)


def _refuse_what_does_not_go_together(given: Namespace) -> None:
    if given.folder and (given.over or given.scope):
        raise UsageError("Documents have neither decisions nor a scope.", remedy="name no folder")
    if given.since and not given.over:
        raise UsageError("--since is about decisions.", remedy="add --over decisions")
    if given.over and (given.scope or given.at):
        raise UsageError("Decisions are judged as they were recorded.", remedy="leave out --scope and --at")


def _documents(
    given: Namespace, drafts: "Sequence[Draft]", services: "Services", tell: Callable[[str], None]
) -> "Simulation":
    from catalog.policy.decision import EnforcementPoint
    from catalog.policy.load import load_bundle
    from catalog.policy.simulate import cases_of, simulate
    from catalog.policy.view import mesh_facts

    point = EnforcementPoint(given.at or "publish")
    return simulate(
        cases_of(drafts, now=services.clock.now(), mesh=mesh_facts(drafts), point=point),
        _against(given, services, point) or services.bundle,
        load_bundle(given.bundle),
        engine=services.policy_engine,
        deadline_seconds=services.settings.policy_deadline_seconds,
        progress=lambda done: tell(f"{bar(done, len(drafts))} of {counted(len(drafts), 'document')}"),
    )


def _decisions(given: Namespace, services: "Services", tell: Callable[[str], None]) -> "Simulation":
    from catalog.cli.acting import acting
    from catalog.policy.decision import EnforcementPoint
    from catalog.policy.load import load_bundle
    from catalog.policy.simulate import simulate
    from catalog.serving.recorded_cases import recorded_cases

    point = EnforcementPoint.PUBLISH
    return simulate(
        recorded_cases(acting(services), services, given.since),
        _against(given, services, point) or services.policies.now(point).bundle,
        load_bundle(given.bundle),
        engine=services.policy_engine,
        deadline_seconds=services.settings.policy_deadline_seconds,
        progress=lambda done: tell(counted(done, "decision")),
    )


def _served(given: Namespace, services: "Services", tell: Callable[[str], None]) -> "MeshSimulation":
    from catalog.cli.acting import acting
    from catalog.policy.decision import EnforcementPoint
    from catalog.policy.load import load_bundle
    from catalog.publishing.simulate_served import SimulateQuery, simulate_served

    point = EnforcementPoint(given.at or "audit")
    return simulate_served(
        SimulateQuery(load_bundle(given.bundle), _against(given, services, point), given.scope, point),
        acting(services),
        services.gate,
        progress=lambda done, total: tell(f"{bar(done, total)} of {counted(total, 'served version')}"),
    )


def _against(given: Namespace, services: "Services", point: Any) -> "Bundle | None":
    from catalog.policy.load import load_bundle

    if given.against is None:
        return None
    if given.against == _ACTIVE:
        return services.policies.now(point).bundle
    return load_bundle(given.against)


def _drafts(folders: "Sequence[Path]") -> "tuple[list[Draft], list[Finding]]":
    """Everything in the folders, and what keeps the rest from being read."""
    from catalog.domain.finding import blocking
    from catalog.manifests.folder import read_folder
    from catalog.manifests.read import read
    from catalog.registry.drafts import drafts_of

    drafts: list[Draft] = []
    unread: list[Finding] = []
    for one in folders:
        manifest = read(read_folder(one))
        own, found = drafts_of(manifest)
        drafts += own
        unread += blocking((*manifest.findings, *found))
    return drafts, unread


def _tell(found: "Simulation", output: Output) -> None:
    header = ("rule", "newly failing", "newly passing", "still failing", "newly blocked", "waived", "errors")
    if found.rules:
        output.table(header, [_row(one) for one in found.rules])
    for one in found.rules:
        for key in sorted({*one.newly_failing, *one.newly_blocked}):
            output.line(f"+ {key} {one.rule}", "red")
        for key in one.newly_passing:
            output.line(f"- {key} {one.rule}", "green")
        for key in one.errors:
            output.line(f"? {key} {one.rule} gave no answer", "red")
    for name, groups in (("domain", found.domains), ("owner", found.owners)):
        for group, number in groups.items():
            output.line(f"{name} {group or 'nobody'}: {counted(number, 'asset')} newly failing")
    for key in found.demoted:
        output.line(f"{key} would be demoted", "red")
    for key in found.errors:
        output.line(f"{key} got no decision", "red")


def _tell_readers(served: "MeshSimulation", output: Output) -> None:
    for one in served.demoted:
        for who in one.consumers[:_SHOWN]:
            output.line(f"{one.key} is read by {who.team}, {who.application}: {counted(who.reads, 'read')}")
        if len(one.consumers) > _SHOWN:
            output.line(f"{one.key} is read by {len(one.consumers) - _SHOWN} more")


def _readers(served: "MeshSimulation") -> list[dict[str, Any]]:
    return [asdict(one) | {"key": str(one.key)} for one in served.demoted]


def _sum(found: "Simulation", output: Output) -> None:
    output.line(
        f"{counted(found.assets, 'asset')}, {counted(len(found.changed), 'changed rule')}, "
        f"{len(found.demoted)} demoted; {found.against[:19]} to {found.bundle[:19]}"
    )


def _row(one: Any) -> tuple[object, ...]:
    groups = (one.newly_failing, one.newly_passing, one.still_failing, one.newly_blocked, one.waived)
    return (one.rule, *map(len, groups), len(one.errors))


def _rules(text: str) -> str | Path:
    return text if text == _ACTIVE else folder(text)


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day as 2026-11-01") from error
