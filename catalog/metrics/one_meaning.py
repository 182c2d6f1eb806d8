"""A name in a query means one thing: the same for every metric, and of an owner that it names."""

from collections.abc import Iterator, Mapping, Sequence

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension
from catalog.metrics.expand import Leaf
from catalog.metrics.filter import Filter
from catalog.metrics.lookup import Lookup
from catalog.metrics.name import Reference
from catalog.metrics.paths import Reach, reach


def ambiguities(
    lookup: Lookup, leaves: Sequence[Leaf], references: Mapping[Reference, Reference]
) -> Iterator[Finding]:
    """The names that would be a guess; `references` are what a query names, by how it does.

    A path may leave out its first entities, as long as all metrics then mean the same way; so it is with the
    filter of a metric for all that the metric is made of. A name of the query without any entity before it is
    an entity of the metric's own model. What no metric reaches is not said here.
    """
    for asked, meant in references.items():
        ways = _ways(lookup, leaves, meant)
        yield from ([] if meant.path else _bare(asked, ways)) or _parted(asked, ways)
    for (writer, _), (written, filtered) in _written(leaves).items():
        for one in written.references:
            ways = _ways(lookup, filtered, one.with_custom(lookup.custom_grains))
            yield from _parted(one, ways, f"In the filter of {writer} ")


def _written(leaves: Sequence[Leaf]) -> Mapping[tuple[str, str], tuple[Filter, list[Leaf]]]:
    """The filters that metrics bring with them, and the leaves that each filters."""
    found: dict[tuple[str, str], tuple[Filter, list[Leaf]]] = {}
    for leaf in leaves:
        for one in leaf.filters:
            if not one.asked:
                found.setdefault((one.writer, one.filter.text), (one.filter, []))[1].append(leaf)
    return found


def _ways(lookup: Lookup, leaves: Sequence[Leaf], meant: Reference) -> Mapping[str, Reach]:
    """How a metric of each model reaches it, as far as one does."""
    if meant.is_metric_time or meant.metric:
        return {}
    models = {leaf.model.name: leaf for leaf in reversed(leaves)}.values()
    reached = ((leaf.metric, reach(lookup, leaf.model, meant)) for leaf in models)
    return {metric: one for metric, one in reached if isinstance(one, Reach)}


def _bare(asked: Reference, ways: Mapping[str, Reach]) -> list[Finding]:
    guesses = (
        (metric, one) for metric, one in ways.items() if one.joins or isinstance(one.element, Dimension)
    )
    return [
        FindingCode.DIMENSION_UNREACHABLE.found(
            f"{asked} does not say whose it is: {metric} has it as {one.reference}.",
            remedy=f"Ask for {one.reference}.",
        )
        for metric, one in guesses
    ][:1]


def _parted(asked: Reference, ways: Mapping[str, Reach], where: str = "") -> list[Finding]:
    if len({one.reference.path for one in ways.values()}) < 2:
        return []
    means = "; ".join(f"{one.reference} for {metric}" for metric, one in ways.items())
    return [
        FindingCode.JOIN_AMBIGUOUS.found(
            f"{where}{asked} means different things: {means}.",
            remedy="Write the full path, or ask for the metrics in separate queries.",
        )
    ]
