"""Which version of a product a query reads; a metric that has lost what it is made from is not answered."""

from collections.abc import Iterable, Iterator

from catalog.domain.errors import Refused
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.standing import ModelSource
from catalog.metrics.compile import CompiledQuery
from catalog.metrics.plan.read_model import ReadModel
from catalog.serving.metric_read.served_metric import ServedMetric


def versions_read(served: Iterable[ServedMetric], plan: CompiledQuery) -> dict[str, str]:
    """The product version behind each model of the plan, as the metrics stand.

    A model is left out where its metrics were published before that was kept. Raises `Refused` with every
    column that is gone, by what, and with metrics that read different versions of one product.
    """
    columns = _columns(plan)
    findings: list[Finding] = []
    found: dict[str, str] = {}
    for metric in served:
        for source in metric.version.standing.sources if metric.version.standing else ():
            read = columns.get(source.model, frozenset())
            findings += _lost(metric, source, read)
            if source.model in columns and found.setdefault(source.model, source.reads) != source.reads:
                findings.append(_apart(source, found[source.model]))
    if findings:
        raise Refused(findings[0].message, findings=findings)
    return found


def _columns(plan: CompiledQuery) -> dict[str, frozenset[str]]:
    """What the plan reads of each model, in small letters."""
    found: dict[str, frozenset[str]] = {}
    for one in plan.plan.walk():
        if isinstance(one, ReadModel):
            names = frozenset(name.casefold() for name in one.columns)
            found[one.model] = found.get(one.model, frozenset()) | names
    return found


def _lost(metric: ServedMetric, source: ModelSource, read: frozenset[str]) -> Iterator[Finding]:
    """All columns of a source on which the number hangs; of any other those that the query reads."""
    for one in source.lost:
        if source.broken or one.column.casefold() in read:
            yield FindingCode.COLUMN_NOT_SERVED.found(
                f"{metric.version.key} {metric.version.version} uses {one.column} as {one.role}: {one.reason}.",
                remedy=f"Publish a version of {source.product} that gives it, or the metric without it.",
            )


def _apart(source: ModelSource, other: str) -> Finding:
    return FindingCode.METRIC_QUERY_NOT_JOINABLE.found(
        f"The asked metrics read {source.product} in the versions {other} and {source.reads}.",
        remedy="Ask for them in separate queries, or publish the one that stayed behind again.",
    )
