"""Everything that people write as an expression is on the allow-list."""

from collections.abc import Iterator

from catalog.domain.finding import Finding, Place
from catalog.domain.metric import MetricType
from catalog.domain.semantic_model import Dimension, Entity, Measure
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import parse_expression
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Expressions of measures, dimensions, entities and derived metrics."""
    for text, place in _written(lookup):
        try:
            parse_expression(text)
        except ExpressionRefused as refused:
            yield from refused.findings_at(place)


def _written(lookup: Lookup) -> Iterator[tuple[str, Place]]:
    for model in lookup.manifest.semantic_models:
        items: tuple[Measure | Dimension | Entity, ...] = (*model.measures, *model.elements)
        yield from ((one.expr, one.place) for one in items if one.expr not in {"", one.name})
    for metric in lookup.manifest.metrics:
        if metric.type is MetricType.DERIVED and metric.expr:
            yield metric.expr, metric.place
