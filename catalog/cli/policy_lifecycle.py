"""`concord policy upload`, `validate`, `activate`, `rollback`, `list`: a bundle's life in the store."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, folder
from catalog.cli.output import Output
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.publishing.active_policies import PolicyAt

_POINTS = ("audit", "ci", "publish", "register")


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """The steps of a bundle's life."""
    parser = add_command(
        inner,
        shared,
        "upload",
        run_upload,
        help="put a policies folder into the store as a draft, by its content",
        examples=["concord policy upload policies"],
    )
    parser.add_argument("folder", type=folder, help="a policies folder")
    parser = add_command(
        inner,
        shared,
        "validate",
        run_validate,
        help="lint, compile and test a bundle of the store",
        examples=["concord policy validate sha256:c06f822bb43f"],
    )
    parser.add_argument("revision", help="the bundle, by its revision or the first 12 characters of it")
    parser = add_command(
        inner,
        shared,
        "activate",
        run_activate,
        help="let a validated bundle judge, or be evaluated beside what judges, at enforcement points",
        examples=[
            "concord policy activate sha256:c06f822bb43f --shadow",
            "concord policy activate sha256:c06f822bb43f --enforce --at ci --at register",
        ],
    )
    parser.add_argument("revision", help="the bundle, by its revision or the first 12 characters of it")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument(
        "--shadow", action="store_true", help="evaluate it beside what is in force; it blocks nothing"
    )
    mode.add_argument("--enforce", action="store_true", help="let it judge; whoever uploaded it cannot")
    _add_points(parser)
    parser = add_command(
        inner,
        shared,
        "rollback",
        run_rollback,
        help="put a bundle back in force that was before",
        examples=["concord policy rollback --to sha256:c06f822bb43f"],
    )
    parser.add_argument("--to", required=True, metavar="REVISION", help="the bundle that was in force")
    _add_points(parser)
    add_command(
        inner,
        shared,
        "list",
        run_list,
        help="show the bundles of the store, and which of them judges where",
        examples=["concord policy list"],
    )


def _add_points(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--at", action="append", choices=_POINTS, help="an enforcement point; every one where none is named"
    )


def run_upload(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the bundle is in the store."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.policy.load import load_bundle
    from catalog.policy.source import read_files
    from catalog.publishing.bundles.upload import UploadCommand, upload

    load_bundle(given.folder)
    files = {file.path: file.data for file in read_files(given.folder)[0]}
    with Services(settings) as services:
        outcome = upload(UploadCommand(files), acting(services), services.gate)
    output.document({"revision": outcome.revision, "rules": outcome.rules, "stored": outcome.stored})
    output.line(f"{outcome.revision}: {outcome.rules} rules, {'a draft' if outcome.stored else 'known'}")
    return 0


def run_validate(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the bundle holds, 1 with every test that does not."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.publishing.bundles.validate import validate_bundle

    with Services(settings) as services:
        outcome = validate_bundle(given.revision, acting(services), services.gate)
    output.document({"revision": outcome.revision, "tests": outcome.tests, "recorded": outcome.recorded})
    output.line(f"{outcome.revision}: {outcome.tests} tests hold, validated", "green")
    return 0


def run_activate(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the bundle stands at every point."""
    code = _place(given.revision, given, settings, output, shadow=given.shadow)
    if given.shadow:
        output.line(f"`concord policy shadows {given.revision}` tells what it would have said", "grey")
        if not given.at or "audit" in given.at:
            output.line(
                "the next audit holds it against what is served; `concord policy audit` makes one", "grey"
            )
        if not given.at or "ci" in given.at:
            output.line("CI knows no shadow; `concord policy simulate` tells", "grey")
    return code


def run_rollback(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the bundle is in force again."""
    return _place(given.to, given, settings, output, rollback=True)


def run_list(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # a command's form
    """0; the newest upload comes first."""
    from catalog.access.decide import require
    from catalog.access.permission import Permission
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.policy.decision import EnforcementPoint
    from catalog.policy.lifecycle import Mode, placed, stage_of

    with Services(settings) as services:
        actor = acting(services)
        require(actor, Permission.ORGANISATION_POLICY_READ)
        with services.store.open(actor, read_only=True) as unit:
            bundles, placements = unit.policies.all(), unit.policies.placements()
        found = {one: services.policies.at(one, placements) for one in EnforcementPoint}
        shadows = {one: placed(placements, one, Mode.SHADOW) for one in EnforcementPoint}
    output.document(
        {
            "bundles": [
                {
                    "revision": one.revision,
                    "stage": stage_of(one, placements),
                    "uploadedBy": one.uploaded_by,
                    "uploadedAt": one.uploaded_at.isoformat(),
                    "approvedBy": one.approved_by,
                }
                for one in bundles
            ],
            "points": {
                str(point): {
                    "revision": one.bundle.revision,
                    "origin": one.origin,
                    "shadow": shadows[point],
                }
                for point, one in found.items()
            },
        }
    )
    rows = [
        (one.revision[:19], stage_of(one, placements), one.uploaded_by, one.approved_by) for one in bundles
    ]
    if rows:
        output.table(("bundle", "stage", "uploaded by", "approved by"), rows)
    output.table(
        ("point", "in force", "from", "in shadow"),
        [
            (point, one.bundle.revision[:19], one.origin, _shadow(one, shadows[point]))
            for point, one in found.items()
        ],
    )
    return 0


def _shadow(policy: "PolicyAt", revision: str) -> str:
    """What stands in shadow there, with a word where it is not evaluated."""
    broken = revision and policy.shadow is None
    return f"{revision[:19]}{' (cannot be loaded)' if broken else ''}"


def _place(
    revision: str,
    given: Namespace,
    settings: Settings,
    output: Output,
    *,
    shadow: bool = False,
    rollback: bool = False,
) -> int:
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.policy.decision import EnforcementPoint
    from catalog.policy.lifecycle import Mode
    from catalog.publishing.bundles.activate import ActivateCommand, activate

    points = tuple(EnforcementPoint(one) for one in sorted(set(given.at or _POINTS)))
    command = ActivateCommand(revision, points, Mode.SHADOW if shadow else Mode.ENFORCE, rollback)
    with Services(settings) as services:
        outcome = activate(command, acting(services), services.gate)
    output.document(
        {
            "revision": outcome.revision,
            "mode": outcome.mode,
            "points": list(outcome.points),
            "replaced": dict(outcome.replaced),
        }
    )
    stands = "in shadow" if shadow else "in force"
    output.line(f"{outcome.revision} is {stands} at {', '.join(outcome.points)}", "green")
    return 0
