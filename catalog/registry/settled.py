"""Whether a metric name is settled, as a unit of work sees it."""

from collections.abc import Iterable

from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status, is_served
from catalog.domain.settlement import Settlement
from catalog.domain.version import Version
from catalog.registry.ports import PublishedVersion, UnitOfWork


def standing(name: str, unit: UnitOfWork) -> Settlement | None:
    """The decision on the name that is in force; None where there is none, or where it died.

    It dies as soon as its metric offers another definition than the one that was chosen.
    """
    found = unit.settlement(name)
    return found if found and current_digest(found.canonical, unit) == found.definition_digest else None


def current_digest(key: AssetKey, unit: UnitOfWork) -> str:
    """The definition that the metric offers first, or that of its latest draft where it offers none."""
    offered = offered_first(unit.versions.of(key))
    if offered is not None:
        return offered.definition_digest
    draft = unit.drafts.latest(key)
    return draft.definition_digest if draft else ""


def offered_first(versions: Iterable[PublishedVersion]) -> PublishedVersion | None:
    """The served version that is offered before others: active, then released, then newest."""
    served = [one for one in versions if is_served(one.status)]
    return max(served, key=lambda one: offer_rank(one.status, one.version), default=None)


def offer_rank(status: Status, version: str) -> tuple[object, ...]:
    """Greatest for what is offered before others."""
    parsed = Version.parse(version) or Version(0)
    return status is Status.ACTIVE, not parsed.prerelease, parsed.sort_key()
