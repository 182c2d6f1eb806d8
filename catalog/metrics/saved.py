"""Saved queries as queries."""

from collections.abc import Iterable
from dataclasses import replace

from catalog.domain.finding import Finding, blocking
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import SavedQuery, SemanticManifest
from catalog.metrics.compile import compile_query
from catalog.metrics.errors import QueryRefused
from catalog.metrics.lookup import similar
from catalog.metrics.query import MetricQuery, OrderBy
from catalog.metrics.validation import validate_to_serve


def saved_query(manifest: SemanticManifest, name: str, *, where: tuple[str, ...] = ()) -> MetricQuery:
    """The query that the manifest saves under this name, with further filters.

    Raises `QueryRefused` where there is none of that name.
    """
    for one in manifest.saved_queries:
        if one.name == name.strip().lower():
            query = MetricQuery(one.metrics, one.group_by, one.where, limit=one.limit)
            order = tuple(_order(text) for text in one.order_by)
            return replace(query, where=(*one.where, *where), order_by=order)
    finding = FindingCode.QUERY_INVALID.found(
        f"There is no saved query {name[:128]!r}.",
        remedy=f"{similar(name, (one.name for one in manifest.saved_queries))}Name a query of the manifest.",
    )
    raise QueryRefused(finding.message, findings=[finding])


def definition_faults(manifest: SemanticManifest) -> tuple[Finding, ...]:
    """All that is wrong with definitions that stand together; saved queries are asked where nothing else blocks."""
    found = validate_to_serve(manifest)
    return found if blocking(found) else (*found, *saved_query_faults(manifest, manifest.saved_queries))


def saved_query_faults(manifest: SemanticManifest, queries: Iterable[SavedQuery]) -> tuple[Finding, ...]:
    """Why saved queries have no answer; those that also ask for metrics of another part are passed over."""
    known = {one.name for one in manifest.metrics}
    return tuple(
        fault
        for one in queries
        if known.issuperset(one.metrics)
        for fault in _faults(replace(manifest, saved_queries=(one,)), one)
    )


def _faults(manifest: SemanticManifest, one: SavedQuery) -> tuple[Finding, ...]:
    try:
        compile_query(manifest, saved_query(manifest, one.name))
    except QueryRefused as refused:
        return tuple(replace(finding, place=one.place) for finding in refused.findings)
    return ()


def _order(text: str) -> OrderBy:
    """`-name`, `Metric('name').descending(True)` or `Dimension('name').descending(True)`."""
    spelled = text.strip().removeprefix("-")
    call, _, turned = spelled.partition(".descending(")
    name = call[call.index("'") + 1 : -2] if call.startswith("Metric('") else call
    return OrderBy(name, text.strip().startswith("-") or turned.lower().startswith("true"))
