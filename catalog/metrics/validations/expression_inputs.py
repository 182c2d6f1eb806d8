"""The expression of a derived metric uses its inputs, all of them and nothing else."""

from collections import Counter
from collections.abc import Iterator

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricType
from catalog.metrics import support
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import columns_of, parse_expression
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every derived metric whose expression can be read."""
    for metric in lookup.manifest.metrics:
        if metric.type is not MetricType.DERIVED or not metric.expr:
            continue
        try:
            used = columns_of(parse_expression(metric.expr))
        except ExpressionRefused:
            continue
        names = Counter(one.alias or one.name for one in metric.inputs)
        yield from (support.unknown_column(metric, name) for name in sorted(used - names.keys()))
        yield from (_unused(metric, name) for name in sorted(names.keys() - used))
        yield from (_repeated(metric, name, times) for name, times in names.items() if times > 1)


def _unused(metric: Metric, name: str) -> Finding:
    return FindingCode.METRIC_INPUT_MISSING.at(
        metric.place,
        f"The expression of {metric.name} does not use its input {name}.",
        remedy="Use it in the expression, or take it out of the inputs.",
        level=Level.WARNING,
    )


def _repeated(metric: Metric, name: str, times: int) -> Finding:
    return FindingCode.DUPLICATE_NAME.at(
        metric.place,
        f"{times} inputs of {metric.name} have the name {name}.",
        remedy="Give each an alias of its own.",
    )
