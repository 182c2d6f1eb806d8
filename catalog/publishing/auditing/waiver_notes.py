"""What an audit has to say about waivers, also of assets that are not served: expired, unused, ending."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from catalog.domain.event import Event, EventType
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.policy.decision import Violation
from catalog.policy.waiver import Waiver
from catalog.policy.waiving import WARNINGS, apply_waivers
from catalog.publishing.auditing.rejudge import Rejudged


@dataclass(frozen=True, slots=True)
class WaiverNote:
    """One finding about one waiver; `state` changes when it is to be told again, as 7 days before the end."""

    waiver: Waiver
    finding: Finding
    state: str

    @property
    def event(self) -> Event:
        """As whoever asked for the waiver is told."""
        detail = {
            "waiver": self.waiver.id,
            "rule": self.waiver.rule,
            "owner": self.waiver.requested_by,
            "ends": self.waiver.expires.isoformat(),
            "finding": self.finding.code,
            "message": self.finding.message,
        }
        return Event(EventType.WAIVER_NOTED, AssetKey.parse(self.waiver.asset), "", detail)


def waiver_notes(waivers: Iterable[Waiver], found: Sequence[Rejudged], now: datetime) -> Iterator[WaiverNote]:
    """Each waiver held against everything that the audit found at its asset, in whichever version."""
    violations: dict[str, list[Violation]] = {}
    owners: dict[str, str] = {}
    for one in found:
        key = str(one.subject.version.key)
        violations.setdefault(key, []).extend(one.after.violations)
        owners[key] = one.owner
    for waiver in waivers:
        owner = owners.get(waiver.asset, "")
        at_asset = violations.get(waiver.asset, [])
        noted = apply_waivers(at_asset, [waiver], asset=waiver.asset, owner=owner, now=now)
        left = waiver.expires - now
        days = next((days for days, _ in WARNINGS if left <= timedelta(days=days)), "")
        for found_now in noted.findings:
            finding = found_now if waiver.asset in owners else _of_nothing_served(waiver, found_now)
            ends_soon = finding.code == FindingCode.WAIVER_ENDS_SOON.name
            yield WaiverNote(waiver, finding, f"{finding.code} {days}" if ends_soon else finding.code)


def _of_nothing_served(waiver: Waiver, finding: Finding) -> Finding:
    """An audit sees only what is served: a waiver that a draft needs is not unused because of that."""
    if finding.code != FindingCode.WAIVER_UNUSED.name:
        return finding
    return replace(
        finding,
        message=f"{waiver.id} for {waiver.rule} passes nothing over yet: {waiver.asset} is not served.",
        remedy=f"{waiver.requested_by} publishes it, or removes or revokes the waiver.",
    )


def newly(notes: Iterable[WaiverNote], told: Mapping[str, str]) -> tuple[WaiverNote, ...]:
    """Those whose state was not told before, by the waivers' ids."""
    return tuple(one for one in notes if told.get(one.waiver.id) != one.state)
