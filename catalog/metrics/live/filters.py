"""The filters of metrics held against the types of the columns that they look at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, SemanticManifest
from catalog.metrics.compile import compile_query
from catalog.metrics.errors import QueryRefused
from catalog.metrics.name import METRIC_TIME
from catalog.metrics.query import MetricQuery


def filter_misfits(manifest: SemanticManifest, types: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """Each metric whose filters do not fit the columns, at the metric; `types` are the engine's, by model.

    Metrics that cannot be asked alone or by time are judged elsewhere.
    """
    for metric in manifest.metrics:
        yield from (replace(one, place=metric.place) for one in _misfits(manifest, metric, types))


def _misfits(
    manifest: SemanticManifest, metric: Metric, types: Mapping[str, Mapping[str, str]]
) -> tuple[Finding, ...]:
    for by in ((), (METRIC_TIME,)):
        try:
            compile_query(manifest, MetricQuery((metric.name,), by), bind=True).refuse_misfits(types)
        except QueryRefused as refused:
            found = tuple(
                one for one in refused.findings if one.code == FindingCode.FILTER_TYPE_MISMATCH.name
            )
            if found:
                return found
            continue
        return ()
    return ()
