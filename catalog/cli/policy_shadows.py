"""`concord policy shadows`: what a bundle in shadow would have decided."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted
from catalog.cli.policy_waivers import page_size
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.store.projections.policy_shadows import ShadowRow


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """`concord policy shadows`."""
    parser = add_command(
        inner,
        shared,
        "shadows",
        run,
        help="show what a bundle in shadow would have decided where another judged, newest first",
        examples=["concord policy shadows sha256:c06f822bb43f"],
    )
    parser.add_argument("revision", help="the bundle, by its revision or the first 12 characters of it")
    parser.add_argument("--first", type=page_size, default=50, metavar="N", help="how many, at most 100")
    parser.add_argument("--after", default="", metavar="DECISION", help="begin behind this decision")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0, whatever it would have decided."""
    from catalog.access.decide import require
    from catalog.access.permission import Permission
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.publishing.bundles.known import known_bundle
    from catalog.store.projections.policy_shadows import PolicyShadows

    with Services(settings) as services:
        actor = acting(services)
        require(actor, Permission.ORGANISATION_POLICY_READ)
        with services.store.open(actor, read_only=True) as unit:
            revision = known_bundle(unit, given.revision).revision
        found = services.store.read(actor, PolicyShadows(revision, given.first + 1, given.after))
    shown = found[: given.first]
    after = shown[-1].decision_id if len(found) > given.first else ""
    output.document({"revision": revision, "decisions": [_json(one) for one in shown], "after": after})
    other = [one for one in shown if one.differs]
    if other:
        header = ("decision", "asset", "at", "decided", "would", "appearing", "vanishing")
        output.table(header, [_row(one) for one in other])
    output.line(f"{counted(len(shown), 'decision')} beside {revision[:19]}, {len(other)} would differ")
    if after:
        output.line(f"more: --after {after}")
    return 0


def _row(one: "ShadowRow") -> tuple[object, ...]:
    codes = (", ".join(some) for some in (one.shadow.appearing, one.shadow.vanishing))
    return one.decision_id, one.key, one.point.value, one.verdict.value, one.shadow.verdict.value, *codes


def _json(one: "ShadowRow") -> dict[str, Any]:
    return {
        "decision": one.decision_id,
        "asset": str(one.key),
        "point": one.point.value,
        "decided": one.verdict.value,
        "wouldDecide": one.shadow.verdict.value,
        "appearing": list(one.shadow.appearing),
        "vanishing": list(one.shadow.vanishing),
    }
