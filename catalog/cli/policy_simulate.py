"""`concord policy simulate`: whom a change of the rules would break, before anyone feels it."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, folder
from catalog.cli.output import Output, counted
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.domain.draft import Draft
    from catalog.policy.simulate import Simulation


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """`concord policy simulate`."""
    parser = add_command(
        inner,
        shared,
        "simulate",
        run,
        help="compare two sets of rules over documents: who newly fails, newly passes, would be demoted",
        examples=[
            "concord policy simulate products --bundle policies",
            "concord policy simulate products --bundle new --against policies --fail-on newly-failing",
        ],
    )
    parser.add_argument("folder", type=folder, nargs="+", help="a folder with documents")
    parser.add_argument(
        "--bundle", type=folder, required=True, metavar="DIR", help="the policies folder that is tried"
    )
    parser.add_argument(
        "--against",
        type=folder,
        metavar="DIR",
        help="the policies folder of today; the configured one if not named",
    )
    parser.add_argument(
        "--fail-on", choices=("newly-failing", "demoted"), help="exit with 1 when an asset is in this group"
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0, 1 when an asset is in the group of `--fail-on`, 2 when a bundle gave no decision."""
    from catalog.bootstrap import Services
    from catalog.policy.load import load_bundle
    from catalog.policy.simulate import simulate
    from catalog.policy.view import mesh_facts

    with Services(settings) as services:
        against = load_bundle(given.against) if given.against else services.bundle
        drafts = [draft for one in given.folder for draft in _drafts(one)]
        tell = output.progress("simulating")
        found = simulate(
            drafts,
            against,
            load_bundle(given.bundle),
            engine=services.policy_engine,
            now=services.clock.now(),
            mesh=mesh_facts(drafts),
            deadline_seconds=settings.policy_deadline_seconds,
            progress=lambda done, total: tell(f"{done} of {total} decisions"),
        )
    output.progress_done()
    output.document(asdict(found))
    _tell(found, output)
    failing = any(one.newly_failing or one.newly_blocked for one in found.rules)
    refused = {"newly-failing": failing, "demoted": bool(found.demoted)}.get(given.fail_on, False)
    return 2 if found.errors else int(refused)


def _drafts(root: Path) -> "tuple[Draft, ...]":
    from catalog.manifests.folder import read_folder
    from catalog.manifests.read import read
    from catalog.registry.drafts import drafts_of

    return drafts_of(read(read_folder(root)))[0]


def _tell(found: "Simulation", output: Output) -> None:
    header = ("rule", "newly failing", "newly passing", "still failing", "newly blocked", "waived")
    if found.rules:
        output.table(header, [_row(one) for one in found.rules])
    for one in found.rules:
        for key in sorted({*one.newly_failing, *one.newly_blocked}):
            output.line(f"+ {key} {one.rule}", "red")
        for key in one.newly_passing:
            output.line(f"- {key} {one.rule}", "green")
    for domain, number in found.domains.items():
        output.line(f"{domain}: {counted(number, 'asset')} newly failing")
    for key in found.demoted:
        output.line(f"{key} would be demoted", "red")
    for key in found.errors:
        output.line(f"{key} got no decision", "red")
    output.line(
        f"{counted(found.assets, 'asset')}, {counted(len(found.changed), 'changed rule')}, "
        f"{len(found.demoted)} demoted; {found.against[:19]} to {found.bundle[:19]}"
    )


def _row(one: Any) -> tuple[object, ...]:
    groups = (one.newly_failing, one.newly_passing, one.still_failing, one.newly_blocked, one.waived)
    return (one.rule, *map(len, groups))
