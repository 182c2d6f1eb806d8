"""Saved queries that ask for several published metrics: whether they have an answer with this draft beside the others.

The documents that a saved query stands in were judged as a whole when they were registered. What is left is that
its metrics are served in versions that do not go together; who publishes is told, and the query is refused until
they do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from catalog.domain.draft import Draft, MetricContent
from catalog.domain.finding import Finding, Level
from catalog.domain.lifecycle import Status
from catalog.domain.metric import SavedQuery
from catalog.metrics.errors import QueryRefused
from catalog.metrics.merged import merged
from catalog.metrics.saved import saved_query_faults
from catalog.registry.served import Served


def saved_queries_across(draft: Draft, served: Sequence[Served]) -> tuple[Finding, ...]:
    """Warnings, at the query's place, for the draft's own saved queries and those of metrics that it stands beside.

    A query with a metric that nobody serves is left for when that one is published; one that has no answer
    without the draft either is not told again.
    """
    if not isinstance(draft.content, MetricContent):
        return ()
    others = _metrics(served, draft)
    with_draft = {**others, draft.key.name: draft.content}
    inside = {one.name for one in draft.content.closure.metrics}
    own = [one for one in draft.content.saved_queries if not inside.issuperset(one.metrics)]
    names = {one.name for one in draft.content.saved_queries}
    touched = [one for one in _asking(others, draft) if one.name not in names and not [*_faults(one, others)]]
    found = (fault for one in (*own, *touched) for fault in _faults(one, with_draft))
    return tuple(dict.fromkeys(found))


def _asking(others: Mapping[str, MetricContent], draft: Draft) -> Iterator[SavedQuery]:
    for content in others.values():
        same_domain = content.metric.key.domain == draft.key.domain
        yield from (one for one in content.saved_queries if same_domain and draft.key.name in one.metrics)


def _metrics(served: Sequence[Served], draft: Draft) -> dict[str, MetricContent]:
    """What a plain name means to the draft's domain: its own metric, else the one that other domains serve."""
    found: dict[str, list[MetricContent]] = {}
    for one in served:
        content = one.draft.content
        if isinstance(content, MetricContent) and one.status is Status.ACTIVE:
            found.setdefault(one.draft.key.name, []).append(content)
    meant = ((name, _meant(each, draft.key.domain)) for name, each in found.items())
    return {name: one for name, one in meant if one is not None}


def _meant(each: Sequence[MetricContent], domain: str) -> MetricContent | None:
    own = [one for one in each if one.metric.key.domain == domain]
    offered = own or each
    return offered[-1] if len({one.metric.key for one in offered}) == 1 else None


def _faults(one: SavedQuery, metrics: Mapping[str, MetricContent]) -> Iterator[Finding]:
    if not metrics.keys() >= set(one.metrics):
        return
    try:
        manifest = merged(metrics[name] for name in one.metrics)
        faults = saved_query_faults(manifest, (one,))
    except QueryRefused as refused:
        faults = refused.findings
    for fault in faults:
        message = f"The saved query {one.name} would have no answer: {fault.message}"
        yield replace(fault, message=message, place=one.place, level=Level.WARNING, remedy=_REMEDY)


_REMEDY: Final = "Publish its other metrics in versions that go together with this one, or change the query."
