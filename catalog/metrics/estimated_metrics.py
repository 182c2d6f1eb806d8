"""Which metrics of a query are estimates, and how far off they may be."""

from collections.abc import Iterator, Mapping

from catalog.metrics.dialects.percentile import Percentile
from catalog.metrics.estimate import STANDARD_ERROR
from catalog.metrics.expression import columns_of
from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.combine import Combine
from catalog.metrics.plan.compute import Compute
from catalog.metrics.plan.join_metric import JoinMetric
from catalog.metrics.plan.keep_registers import KeepRegisters
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.source import Source


def estimated_metrics(plan: Node) -> Mapping[str, float | None]:
    """The metrics that are made of estimates, with the relative standard error of what they are made of.

    It is that of each estimated measure, not of a formula over several; None where the engine promises none, as
    for percentiles. A metric whose filters look at an estimate is one as well.
    """
    compute = next((one for one in plan.walk() if isinstance(one, Compute)), None)
    errors = dict(_measures(compute.parent)) if compute else {}
    found: dict[str, float | None] = {}
    for metric in compute.metrics if compute and errors else ():
        read = [errors[name] for name in errors.keys() & columns_of(metric.formula)]
        if read:
            found[metric.name] = None if None in read else STANDARD_ERROR
    return found


def _measures(parent: Node) -> Iterator[tuple[str, float | None]]:
    """The estimated measures that a formula may read."""
    for source in parent.aggregates if isinstance(parent, Combine) else (parent,):
        assert isinstance(source, Source)
        nodes = [*source.walk()]
        registers = any(isinstance(one, KeepRegisters) for one in nodes)
        looked_at = any(map(_is_percentile, _looked_at(nodes)))
        for one in source.values:
            if registers or looked_at or _is_percentile(one):
                yield one.name, STANDARD_ERROR if registers else None


def _looked_at(nodes: list[Node]) -> Iterator[AggregatedMeasure]:
    """The measures of metrics in filters."""
    for joined in (one for one in nodes if isinstance(one, JoinMetric)):
        for node in joined.metric.walk():
            yield from node.measures if isinstance(node, Aggregate) else ()


def _is_percentile(one: AggregatedMeasure) -> bool:
    tree = one.tree
    said = tree.args if isinstance(tree, Percentile) else {}
    return bool(said.get("approximate")) and not said.get("discrete")
