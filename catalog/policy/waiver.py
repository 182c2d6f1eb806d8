"""Waivers: a violation that is known, approved by another, and passed over until a date.

A rule is always evaluated; a waiver is applied to what it found, here and nowhere else, at every point alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from catalog.domain.finding import NOWHERE, Finding, Level, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.decision import Violation

# How many days ahead the end of a waiver is told, and how loudly.
WARNINGS: Final = ((1, Level.WARNING), (7, Level.WARNING), (30, Level.INFO))


@dataclass(frozen=True, slots=True)
class Waiver:
    """Passes over one rule for one asset, below `path` of its view, until `expires`.

    `asset` is a key as `data_product:sales.orders`; `path` is a JSON pointer, "" for the whole asset.
    """

    id: str
    rule: str
    asset: str
    reason: str
    ticket: str
    requested_by: str
    approved_by: str
    created: datetime
    expires: datetime
    path: str = ""
    place: Place = NOWHERE

    def covers(self, violation: Violation) -> bool:
        """Whether the violation is of this rule and lies at or below the path."""
        below = violation.path == self.path or violation.path.startswith(f"{self.path}/")
        return violation.id == self.rule and below


@dataclass(frozen=True, slots=True)
class Waived:
    """Violations that still count, those passed over with their waivers, and what to know about waivers."""

    counting: tuple[Violation, ...]
    waived: tuple[tuple[Violation, Waiver], ...]
    findings: tuple[Finding, ...]


def apply_waivers(
    violations: Sequence[Violation], waivers: Iterable[Waiver], *, asset: str, owner: str, now: datetime
) -> Waived:
    """Split violations by the waivers for this asset; one that is expired or refused passes nothing over.

    An owner approves no waiver for what is their own. Of several waivers the one that lasts longest counts.
    """
    named = [one for one in waivers if one.asset == asset]
    refused = [one for one in named if one.approved_by == owner]
    expired = [one for one in named if one not in refused and one.expires <= now]
    valid = [one for one in named if one not in refused and one not in expired]
    valid.sort(key=lambda one: (one.expires, one.id), reverse=True)
    pairs = [(one, next((waiver for waiver in valid if waiver.covers(one)), None)) for one in violations]
    used = tuple((one, waiver) for one, waiver in pairs if waiver)
    findings = [
        *map(_refused, refused),
        *map(_expired, expired),
        *_unused(valid, violations),
        *_ending({waiver.id: waiver for _, waiver in used}.values(), now),
    ]
    return Waived(tuple(one for one, waiver in pairs if waiver is None), used, tuple(findings))


def told(instant: datetime) -> str:
    """An instant in UTC, to the minute."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _refused(one: Waiver) -> Finding:
    message = f"{one.id} is approved by {one.approved_by}, who owns {one.asset}; it passes nothing over."
    remedy = "Let somebody approve it who is neither owner nor requester."
    return FindingCode.WAIVER_REFUSED.at(one.place, message, remedy=remedy, level=Level.WARNING)


def _expired(one: Waiver) -> Finding:
    message = f"{one.id} for {one.rule} ended on {told(one.expires)}."
    remedy = f"{one.requested_by} mends what it passed over and removes it, or asks for another."
    return FindingCode.WAIVER_EXPIRED.at(one.place, message, remedy=remedy, level=Level.WARNING)


def _unused(waivers: Iterable[Waiver], violations: Sequence[Violation]) -> Iterator[Finding]:
    for one in waivers:
        if not any(one.covers(violation) for violation in violations):
            message, remedy = (
                f"{one.id} for {one.rule} passes nothing over.",
                "Remove it; it hides what comes.",
            )
            yield FindingCode.WAIVER_UNUSED.at(one.place, message, remedy=remedy, level=Level.WARNING)


def _ending(waivers: Iterable[Waiver], now: datetime) -> Iterator[Finding]:
    for one in waivers:
        left = one.expires - now
        level = next((level for days, level in WARNINGS if left <= timedelta(days=days)), None)
        if level is not None:
            message = f"{one.id} for {one.rule} ends on {told(one.expires)}."
            remedy = f"{one.requested_by} mends what it passes over before then."
            yield FindingCode.WAIVER_ENDS_SOON.at(one.place, message, remedy=remedy, level=level)
