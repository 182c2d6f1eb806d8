"""A saved query asks for what is there, in the words of its grammar."""

import re
from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import SavedQuery
from catalog.metrics.lookup import Lookup, similar
from catalog.metrics.name import METRIC_TIME, Reference
from catalog.metrics.template import TemplateInvalid, call_faults, parse_call, template_faults

_DESCENDING: Final = re.compile(r"\.\s*descending\s*\(\s*(?:True|False)\s*\)\s*\Z", re.IGNORECASE)
_METRIC: Final = re.compile(r"Metric\(\s*['\"](\w+)['\"]\s*\)\Z")
_ITEM: Final = (
    "Write it as Dimension('order__status'), TimeDimension('metric_time', 'day') or Entity('order')."
)


def check(lookup: Lookup) -> Iterator[Finding]:
    """Each saved query's metrics, items, filters, order and limit; what they reach is found when it is asked."""
    known = {METRIC_TIME, *lookup.metrics}
    known |= {one.name for model in lookup.manifest.semantic_models for one in model.elements}
    for query in lookup.manifest.saved_queries:
        for what, remedy in _faults(query, lookup, known):
            yield FindingCode.SAVED_QUERY_INVALID.at(
                query.place, f"The saved query {query.name} {what}.", remedy=remedy
            )


def _faults(query: SavedQuery, lookup: Lookup, known: set[str]) -> Iterator[tuple[str, str]]:
    for name in query.metrics:
        if name not in lookup.metrics:
            remedy = f"{similar(name, lookup.metrics)}Ask for a metric of the manifest."
            yield f"asks for {name}, which is no metric", remedy
    for text in query.group_by:
        yield from _group_by(text, known)
    for text in query.where:
        yield from ((f"has a filter that cannot be read: {why}", _ITEM) for why in template_faults(text))
    yield from _order(query)
    if query.limit is not None and query.limit < 0:
        yield f"has the limit {query.limit}", "Set the limit to 0 or more."


def _group_by(text: str, known: set[str]) -> Iterator[tuple[str, str]]:
    faults = tuple(call_faults(text))
    yield from ((f"is grouped by {text}, which cannot be read: {fault}", _ITEM) for fault in faults)
    if faults:
        return
    reference = parse_call(text).reference
    name = reference.metric or reference.element
    if name not in known:
        yield (
            f"is grouped by {name}, which is neither a dimension nor an entity",
            similar(name, known) + _ITEM,
        )


def _order(query: SavedQuery) -> Iterator[tuple[str, str]]:
    asked = {_meant(f"Metric('{name}')") for name in query.metrics} | {_meant(one) for one in query.group_by}
    for text in query.order_by:
        meant = _meant(_DESCENDING.sub("", text.strip()))
        if meant is None:
            yield (
                f"is ordered by {text}, which cannot be read",
                "Write Metric('revenue') or an item of group_by, with .descending(True) after it.",
            )
        elif meant not in asked:
            yield f"is ordered by {text}, which it does not ask for", "Add it to metrics or group_by."


def _meant(text: str) -> Reference | str | None:
    if metric := _METRIC.match(text):
        return metric[1]
    try:
        return parse_call(text).reference
    except TemplateInvalid:
        return None
