"""`concord policy waive`, `waivers`, `approve-waiver`, `revoke-waiver`: known violations, passed over until a date."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted
from catalog.config import Settings
from catalog.domain.document import Document
from catalog.domain.errors import UsageError

if TYPE_CHECKING:
    from catalog.policy.waiver_request import WaiverRequest

_EXAMPLE: Final = "0193a5c2-7d1e-7c3a-9b1f-2f6f0e6f9a10"
_PAGE: Final = 100


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """The steps of a waiver."""
    _add_waive(inner, shared)
    parser = add_command(
        inner,
        shared,
        "waivers",
        run_list,
        help="show the waivers of the store for your domains, and how each stands",
        examples=[
            "concord policy waivers",
            "concord policy waivers --asset data_product:sales.orders",
            "concord policy waivers --export waivers.json",
        ],
    )
    parser.add_argument("--asset", default="", help="only those for this asset")
    parser.add_argument("--first", type=page_size, default=50, metavar="N", help="how many, at most 100")
    parser.add_argument("--after", default="", metavar="ID", help="begin behind this waiver")
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write all that are approved, and when assets were first published, for `concord check --waivers`, "
        "signed where the settings name a key, and show none",
    )
    for name, run, words in (
        ("approve-waiver", run_approve, "approve a waiver that another asked for, on an asset of another"),
        ("revoke-waiver", run_revoke, "end a waiver for good; what it passed over counts again"),
    ):
        parser = add_command(
            inner, shared, name, run, help=words, examples=[f"concord policy {name} {_EXAMPLE}"]
        )
        parser.add_argument("waiver", help="its id, as `concord policy waivers` shows it")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")


def _add_waive(inner: Any, shared: ArgumentParser) -> None:
    parser = add_command(
        inner,
        shared,
        "waive",
        run_waive,
        help="ask that a rule be passed over for an asset until a date; another must approve it",
        examples=[
            'concord policy waive ORG-PRV-002 data_product:sales.orders --reason "masked from December on" '
            "--ticket GOV-42 --until 2026-12-01"
        ],
    )
    parser.add_argument("rule", help="the rule, as the finding names it")
    parser.add_argument("asset", help="the asset, as data_product:sales.orders")
    parser.add_argument(
        "--path", default="", metavar="POINTER", help="only below this part, as `policy explain` shows it"
    )
    parser.add_argument("--reason", required=True, help="why it is needed")
    parser.add_argument("--ticket", required=True, help="where it is being mended")
    parser.add_argument(
        "--until", required=True, type=_end, metavar="DATE", help="the last day, as 2026-12-01 in UTC"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be asked, store nothing")


def _end(text: str) -> datetime:
    """The end of that day in UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise ArgumentTypeError(f"{text} is no day as 2026-12-01") from error


def page_size(text: str) -> int:
    """How many a page of a list shows, as typed."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _PAGE:
        raise ArgumentTypeError(f"{text} is no number from 1 to {_PAGE}")
    return int(text)


def run_waive(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when it waits for approval."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.publishing.waiving.request_waiver import RequestWaiverCommand, request_waiver

    command = RequestWaiverCommand(
        rule=given.rule,
        asset=asset(given.asset),
        reason=given.reason,
        ticket=given.ticket,
        expires=given.until,
        path=given.path,
        dry_run=given.dry_run,
    )
    with Services(settings) as services:
        actor = acting(services)
        found = request_waiver(command, actor, services.gate)
        with services.store.open(actor, read_only=True) as unit:
            known = unit.drafts.latest(found.asset) is not None
        _say(found, services.clock.now(), output, dry_run=given.dry_run)
    if not known:
        output.line(f"nothing is registered as {found.asset} yet; is it written right?", "yellow")
    if not given.dry_run:
        output.line(f"another approves it: concord policy approve-waiver {found.id}", "grey")
    return 0


def run_approve(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when it is in force."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.publishing.waiving.settle_waiver import SettleWaiverCommand, approve_waiver

    command = SettleWaiverCommand(given.waiver, dry_run=given.dry_run)
    with Services(settings) as services:
        found = approve_waiver(command, acting(services), services.gate)
        _say(found, services.clock.now(), output, dry_run=given.dry_run)
    return 0


def run_revoke(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when it is over."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.publishing.waiving.settle_waiver import SettleWaiverCommand, revoke_waiver

    command = SettleWaiverCommand(given.waiver, dry_run=given.dry_run)
    with Services(settings) as services:
        found = revoke_waiver(command, acting(services), services.gate)
        _say(found, services.clock.now(), output, dry_run=given.dry_run)
    return 0


def run_list(given: Namespace, settings: Settings, output: Output) -> int:
    """0; the newest request comes first."""
    if given.export:
        return _export(given, settings, output)
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.serving.waivers_seen import waivers_seen

    key = asset(given.asset) if given.asset else None
    with Services(settings) as services:
        actor, now = acting(services), services.clock.now()
        found = services.store.read(actor, waivers_seen(actor, key, given.after, given.first + 1))
    shown, more = found[: given.first], len(found) > given.first
    after = shown[-1].id if more else ""
    output.document({"waivers": [_json(one, now) for one in shown], "after": after})
    if shown:
        header = ("waiver", "state", "rule", "asset", "until", "requested by", "approved by")
        output.table(header, [_row(one, now) for one in shown])
    else:
        output.line("no waivers")
    if more:
        output.line(f"more: --after {after}")
    return 0


def _export(given: Namespace, settings: Settings, output: Output) -> int:
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.policy.store_facts_file import read_store_facts
    from catalog.serving.store_facts import store_facts

    if given.asset or given.after:
        raise UsageError("What is exported is whole.", remedy="leave out --asset and --after")
    with Services(settings) as services:
        data, key = store_facts(acting(services), services), services.bundle_key
    given.export.write_bytes(data)
    found = read_store_facts(Document(str(given.export), data), key=key)
    publications = len(found.published or {})
    output.document({"waivers": len(found.waivers), "published": publications, "signed": found.verified})
    signed = "signed" if found.verified else "not signed"
    held = f"{counted(len(found.waivers), 'approved waiver')}, {counted(publications, 'first publication')}"
    output.line(f"{given.export}: {held}, {signed}", "green")
    return 0


def _row(one: "WaiverRequest", now: datetime) -> tuple[str, ...]:
    from catalog.policy.waiver import told

    where = f"{one.asset}{one.path}"
    return one.id, one.state(now), one.rule, where, told(one.expires), one.requested_by, one.approved_by


def _say(one: "WaiverRequest", now: datetime, output: Output, *, dry_run: bool) -> None:
    from catalog.policy.waiver import told

    output.document({**_json(one, now), "dryRun": dry_run})
    words = "would be" if dry_run else "is"
    output.line(
        f"{one.id} {words} {one.state(now)}: {one.rule} for {one.asset}{one.path}, until {told(one.expires)}"
    )


def _json(one: "WaiverRequest", now: datetime) -> dict[str, str]:
    return {
        "id": one.id,
        "state": one.state(now),
        "rule": one.rule,
        "asset": str(one.asset),
        "path": one.path,
        "reason": one.reason,
        "ticket": one.ticket,
        "requestedBy": one.requested_by,
        "requestedAt": one.requested_at.isoformat(),
        "expires": one.expires.isoformat(),
        "approvedBy": one.approved_by,
        "revokedBy": one.revoked_by,
    }
