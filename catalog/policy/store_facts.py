"""What the store knows and CI is given: CI has no store, and comes to the gate's verdict with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.policy.grace import NOT_KNOWN
from catalog.policy.waiver import Waiver, told

_FRESH: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """Waivers and first publications, by asset, as the store had them at `as_of`.

    `domains` are those that it tells of, None for all. `published` is None where the file does not tell of it.
    `verified` says that the signature is that of the given key.
    """

    as_of: datetime
    waivers: tuple[Waiver, ...] = ()
    published: Mapping[str, datetime] | None = field(default_factory=dict)
    domains: frozenset[str] | None = None
    verified: bool = False

    def waivers_of(self, key: AssetKey) -> tuple[Waiver, ...]:
        """Those for one asset."""
        return tuple(one for one in self.waivers if one.asset == str(key))

    def first_published(self, key: AssetKey) -> datetime | None:
        """When the asset was first published, None where it never was, `NOT_KNOWN` where the file cannot know."""
        if self.published is None or not self._tells_of(key.domain):
            return NOT_KNOWN
        return self.published.get(str(key))

    def _tells_of(self, domain: str) -> bool:
        return self.domains is None or domain in self.domains

    def finding(self, now: datetime, domains: Iterable[str] = ()) -> Finding:
        """What whoever reads a verdict about these domains must know; louder where the file lacks or proves nothing."""
        faults = list(self._faults(now, domains))
        held = [_counted(len(self.waivers), "waiver")]
        held += [] if self.published is None else [_counted(len(self.published), "first publication")]
        told_of = [told(self.as_of), *(["signed"] if self.verified else []), *faults]
        message = (
            f"Beside the rules' own, {' and '.join(held)} of the store count as of {'; '.join(told_of)}."
        )
        return FindingCode.WAIVERS_FROM_FILE.found(
            message,
            remedy="Take the file anew for each run, with a token of the domains, and set the key with which the "
            "catalog signs it.",
            level=Level.WARNING if faults else Level.INFO,
        )

    def _faults(self, now: datetime, domains: Iterable[str]) -> Iterator[str]:
        if now - self.as_of >= _FRESH:
            yield "more than a day ago"
        if not self.verified:
            yield "not verified"
        if self.published is None:
            yield "an older file that does not tell what was published, so that new rules only warn"
        unknown = sorted({one for one in domains if not self._tells_of(one)})
        if unknown:
            yield f"it tells nothing of {', '.join(unknown)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
