"""What waivers pass over.

A rule is always evaluated; a waiver is applied to what it found, here and nowhere else, at every point alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.policy.decision import Violation
from catalog.policy.reported import Reported, reported
from catalog.policy.waiver import Waiver, told

# How many days ahead the end of a waiver is told, and how loudly.
WARNINGS: Final = ((1, Level.WARNING), (7, Level.WARNING), (30, Level.INFO))


@dataclass(frozen=True, slots=True)
class Waived:
    """Violations that still count, those passed over with their waivers, and what to know about waivers."""

    counting: Reported
    waived: tuple[tuple[Violation, Waiver], ...]
    findings: tuple[Finding, ...]


def apply_waivers(
    violations: Sequence[Violation], waivers: Iterable[Waiver], *, asset: str, owner: str, now: datetime
) -> Waived:
    """Split violations by the waivers for this asset; one that is expired or refused passes nothing over.

    An owner approves no waiver for what is their own. Of several waivers the one that lasts longest counts; one
    that has expired is not told of where another took its place.
    """
    found = reported(violations)
    named = [one for one in waivers if one.asset == asset]
    if not named:
        return Waived(found, (), ())
    refused = [one for one in named if one.approved_by == owner]
    expired = [one for one in named if one not in refused and one.expires <= now]
    valid = [one for one in named if one not in refused and one not in expired]
    valid.sort(key=lambda one: (one.expires, one.id), reverse=True)
    pairs = [
        (one, next((waiver for waiver in valid if waiver.covers(one.id, one.path)), None)) for one in found
    ]
    used = tuple((one, waiver) for one, waiver in pairs if waiver)
    findings = [
        *map(_refused, refused),
        *(_expired(one) for one in expired if not any(later.covers(one.rule, one.path) for later in valid)),
        *_unused(valid, found),
        *_ending({waiver.id: waiver for _, waiver in used}.values(), now),
    ]
    return Waived(Reported(one for one, waiver in pairs if waiver is None), used, tuple(findings))


def _refused(one: Waiver) -> Finding:
    message = f"{one.id} is approved by {one.approved_by}, who owns {one.asset}; it passes nothing over."
    remedy = "Let somebody approve it who is neither owner nor requester."
    return FindingCode.WAIVER_REFUSED.at(one.place, message, remedy=remedy, level=Level.WARNING)


def _expired(one: Waiver) -> Finding:
    message = f"{one.id} for {one.rule} ended on {told(one.expires)}."
    remedy = f"{one.requested_by} mends what it passed over and removes or revokes it, or asks for another."
    return FindingCode.WAIVER_EXPIRED.at(one.place, message, remedy=remedy, level=Level.WARNING)


def _unused(waivers: Iterable[Waiver], violations: Sequence[Violation]) -> Iterator[Finding]:
    for one in waivers:
        if not any(one.covers(violation.id, violation.path) for violation in violations):
            message = f"{one.id} for {one.rule} passes nothing over."
            remedy = f"{one.requested_by} removes or revokes it; it would hide what comes."
            yield FindingCode.WAIVER_UNUSED.at(one.place, message, remedy=remedy, level=Level.WARNING)


def _ending(waivers: Iterable[Waiver], now: datetime) -> Iterator[Finding]:
    for one in waivers:
        left = one.expires - now
        level = next((level for days, level in WARNINGS if left <= timedelta(days=days)), None)
        if level is not None:
            message = f"{one.id} for {one.rule} ends on {told(one.expires)}."
            remedy = f"{one.requested_by} mends what it passes over before then."
            yield FindingCode.WAIVER_ENDS_SOON.at(one.place, message, remedy=remedy, level=level)
