"""`concord policy shadows`: what a bundle in shadow would have decided."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted
from catalog.cli.policy_waivers import page_size
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.policy.shadowed import Shadowed, ShadowTally


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
    from catalog.serving.shadow_audits import last_shadow_audit
    from catalog.store.projections.policy_shadows import PolicyShadows

    with Services(settings) as services:
        actor = acting(services)
        require(actor, Permission.ORGANISATION_POLICY_READ)
        with services.store.open(actor, read_only=True) as unit:
            revision = known_bundle(unit, given.revision).revision
        found = services.store.read(actor, PolicyShadows(revision, given.first + 1, given.after))
        audited = last_shadow_audit(revision, lambda wanted: services.store.read(actor, wanted))
    shown = found[: given.first]
    after = shown[-1].decision_id if len(found) > given.first else ""
    output.document(
        {
            "revision": revision,
            "decisions": [shadowed_json(one) for one in shown],
            "after": after,
            "audit": audited and {"at": audited.at.isoformat(), **audited.tally.plain},
        }
    )
    other = [one for one in shown if one.differs]
    if other:
        header = ("decision", "asset", "at", "decided", "would", "appearing", "vanishing")
        output.table(header, [_row(one) for one in other])
    output.line(f"{counted(len(shown), 'decision')} beside {revision[:19]}, {len(other)} would differ")
    if audited is not None:
        output.line(f"audit of {audited.at:%Y-%m-%d %H:%M} UTC: {tallied(audited.tally)}")
    if after:
        output.line(f"more: --after {after}")
    return 0


def tallied(tally: "ShadowTally") -> str:
    """What an audit by the shadow would come to, in one line."""
    asked = f"{counted(tally.versions, 'served version')}{'' if tally.finished else ' and not all'}"
    told = f"{tally.failing} newly failing, {tally.passing} newly passing, {tally.demoted} would be demoted"
    return f"{asked}, {told}" + (f", {tally.undecided} without an answer" if tally.undecided else "")


def shadowed_json(one: "Shadowed") -> dict[str, Any]:
    """As JSON tells it, here and of an audit."""
    return {
        "decision": one.decision_id,
        "asset": str(one.key),
        "version": one.version,
        "point": one.point.value,
        "at": one.decided_at.isoformat(),
        "decided": one.verdict.value,
        "wouldDecide": one.shadow.verdict.value,
        "appearing": list(one.shadow.appearing),
        "vanishing": list(one.shadow.vanishing),
    }


def _row(one: "Shadowed") -> tuple[object, ...]:
    codes = (", ".join(some) for some in (one.shadow.appearing, one.shadow.vanishing))
    asset = f"{one.key}@{one.version}"
    return one.decision_id, asset, one.point.value, one.verdict.value, one.shadow.verdict.value, *codes
