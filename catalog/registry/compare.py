"""Compares a draft with what is served: what breaks, for whom, and which version step that makes due."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.finding import NOWHERE, Finding, Level, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.lifecycle import is_served
from catalog.domain.version import Bump, Version
from catalog.registry.compatibility import Change, ChangeKind, Compatibility, Consumer
from catalog.registry.metric_changes import metric_changes
from catalog.registry.ports import PublishedVersion
from catalog.registry.product_changes import product_changes

_DUE: Final = {
    ChangeKind.BREAKING: Bump.MAJOR,
    ChangeKind.ADDITION: Bump.MINOR,
    ChangeKind.EDITORIAL: Bump.PATCH,
}
_SHOWN = 3


def baseline_of(versions: Sequence[PublishedVersion], version: str) -> PublishedVersion | None:
    """The served version that `version` follows: the newest of its major, else the newest of a lower major.

    So a 1.4.1 beside a 2.0.0 is compared with 1.4.0. None where nothing served comes before it.
    """
    wanted = Version.parse(version)
    served = [
        (parsed, one)
        for one in versions
        if is_served(one.status) and (parsed := Version.parse(one.version)) is not None
    ]
    if wanted is None:
        return None
    before = [pair for pair in served if pair[0].major <= wanted.major]
    return max(before, key=lambda pair: pair[0].sort_key(), default=(None, None))[1]


def compare(
    draft: Draft, live: Draft | None, live_version: str, consumers: Sequence[Consumer]
) -> Compatibility:
    """What the draft changes for those who use `live`, which is None for a first version.

    In major 0 a breaking change asks for a minor step only (semver.org 2.0.0, 4). Consumers are those who
    read the asset: all of them where something breaks, none where nothing does. Which columns each one reads
    is not known here.
    """
    if live is None:
        return Compatibility("", (), Bump.NONE, Bump.NONE, (), ())
    changes = tuple(sorted(_changes(draft, live), key=lambda one: (-_DUE[one.kind].rank, one.path)))
    old, new = Version.parse(live_version) or Version(0), Version.parse(draft.version) or Version(0)
    taken = new.bump_from(old) if new.sort_key() > old.sort_key() else Bump.NONE
    affected = tuple(consumers) if any(one.kind is ChangeKind.BREAKING for one in changes) else ()
    judged = Compatibility(live_version, changes, _due(changes, old), taken, affected, ())
    return replace(judged, findings=tuple(_findings(draft, judged)))


def _changes(draft: Draft, live: Draft) -> list[Change]:
    if draft.digest == live.digest:
        return []
    changes: list[Change] = []
    if isinstance(draft.content, MetricContent) and isinstance(live.content, MetricContent):
        changes = list(metric_changes(live.content, draft.content))
    elif isinstance(draft.content, ProductContent) and isinstance(live.content, ProductContent):
        changes = list(product_changes(live.content, draft.content))
    return changes or [Change(ChangeKind.EDITORIAL, "", "descriptions or people change")]


def _due(changes: Sequence[Change], live: Version) -> Bump:
    due = max((_DUE[one.kind] for one in changes), key=lambda bump: bump.rank, default=Bump.NONE)
    return Bump.MINOR if due is Bump.MAJOR and live.major == 0 else due


def _findings(draft: Draft, judged: Compatibility) -> Iterator[Finding]:
    place, live_version, due, taken = _place(draft), judged.compared_with, judged.bump_due, judged.bump_taken
    if taken is Bump.NONE and judged.changes:
        yield FindingCode.VERSION_NOT_NEWER.at(
            place,
            f"{draft.key} has the version {draft.version}, and {live_version} is served.",
            remedy=f"take a version after {live_version}, a {due} step at least",
        )
    elif taken.rank < due.rank:
        worst = [one.message for one in judged.changes if one.kind is judged.changes[0].kind]
        yield FindingCode.VERSION_BUMP_TOO_SMALL.at(
            place,
            f"{live_version} to {draft.version} is a {taken} step, and a {due} step is due: {_some(worst)}.",
            remedy=f"take the next {due} version, or keep what consumers use",
        )
    if judged.consumers:
        names = [f"{one.team}/{one.application}" for one in judged.consumers]
        yield FindingCode.CONSUMERS_AFFECTED.at(
            place,
            f"{draft.key} {draft.version} breaks {len(names)} consumers of {live_version}: {_some(names)}.",
            remedy=f"keep {live_version} served beside it until they have moved",
            level=Level.WARNING,
        )


def _place(draft: Draft) -> Place:
    content = draft.content
    asset = content.product if isinstance(content, ProductContent) else content.metric
    return asset.place if asset.place.file else NOWHERE


def _some(texts: Sequence[str]) -> str:
    rest = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + rest
