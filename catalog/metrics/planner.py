"""Planning: from a query to the plan that answers it, or to every reason why nothing does."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import SemanticModel, TimeGranularity, TimeSpine
from catalog.metrics import support
from catalog.metrics.distinct import rows_of
from catalog.metrics.errors import ExpressionRefused, QueryRefused
from catalog.metrics.expand import Expansion, ScopedFilter, default_grain
from catalog.metrics.leaf_binding import LeafBinding
from catalog.metrics.lookup import Lookup, similar
from catalog.metrics.name import Reference
from catalog.metrics.one_meaning import ambiguities
from catalog.metrics.plan.combine import Combine
from catalog.metrics.plan.compute import Compute, ComputedMetric
from catalog.metrics.plan.min_max import MinMax
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.order_limit import OrderLimit
from catalog.metrics.planned_query import PlannedQuery
from catalog.metrics.query import MetricQuery, OrderBy, Request, read_query, read_reference
from catalog.metrics.scan import BoundLeaf, source_of

MAX_FILTERED: Final = 8


def plan_query(
    lookup: Lookup, query: MetricQuery, relations: Mapping[str, str], above: tuple[str, ...] | None = None
) -> PlannedQuery:
    """Plan one query; raises `QueryRefused` with all findings of the first stage that has any.

    `above` are the metrics in filters that led to this query, None where a consumer asks it. The stages are:
    the form of the query, what its metrics are made of, what its references reach.
    """
    request, faults = read_query(query)
    led = () if above is None else (*above, *request.metrics)
    _refuse([*faults, *_circles(lookup, request, above or ())])
    expansion = Expansion(lookup, grouped=bool(request.group_by))
    metrics = _expanded(expansion, request)
    _refuse(expansion.findings)
    leaves = list(expansion.leaves.values()) or [rows_of(lookup, request)]
    full = {one: one.with_custom(lookup.custom_grains) for one in _references(request)}
    _refuse(ambiguities(lookup, leaves, full))
    binding = LeafBinding(
        lookup,
        request,
        query_grain(request, lookup),
        full,
        planned=lambda inner: plan_query(lookup, inner, relations, led),
    )
    bound = [leaf for leaf in map(binding.bound, leaves) if leaf]
    keys = tuple(key.name for key in bound[0].keys) if bound else ()
    binding.findings += _repeated(request, binding.names)
    order = _order(request, binding.names, binding.findings)
    _refuse([*binding.findings, *_name_clashes(keys, request)])
    plan: Node = Compute(_combined(bound, relations), keys, metrics)
    if query.min_max_only:
        plan = MinMax(plan, keys[0])
        keys = plan.columns
    if order or request.limit is not None:
        plan = OrderLimit(plan, order, request.limit)
    return PlannedQuery(plan, (*keys, *request.metrics), tuple(binding.parameters.values))


def query_grain(request: Request, lookup: Lookup) -> TimeGranularity:
    """The grain of a bare `metric_time`: the smallest that all metrics of the query have in common."""
    known = [lookup.metrics[name] for name in request.metrics if name in lookup.metrics]
    grains = [default_grain(metric, lookup) for metric in known]
    return max(grains, key=lambda grain: grain.rank, default=TimeGranularity.DAY)


def _expanded(expansion: Expansion, request: Request) -> tuple[ComputedMetric, ...]:
    grain = query_grain(request, expansion.lookup)
    asked = tuple(ScopedFilter(one, grain, asked=True) for one in request.where)
    formulas = {name: expansion.formula(name, asked) for name in request.metrics}
    if len(formulas) > 1 and request.group_by:
        formulas = {name: expansion.where_present(name, one) for name, one in formulas.items()}
    return tuple(ComputedMetric(name, one) for name, one in formulas.items())


def _references(request: Request) -> set[Reference]:
    looked_at = (one for where in request.where for one in where.references if not one.metric)
    return {*request.group_by, *looked_at}


def _combined(bound: list[BoundLeaf], relations: Mapping[str, str]) -> Node:
    scans: dict[tuple[object, ...], list[BoundLeaf]] = {}
    for leaf in bound:
        scans.setdefault(leaf.scan, []).append(leaf)

    def relation_of(model: SemanticModel | TimeSpine) -> str:
        return relations.get(model.name, model.relation)

    try:
        aggregates = tuple(source_of(leaves, relation_of) for leaves in scans.values())
    except ExpressionRefused as refused:
        raise QueryRefused(findings=refused.findings) from refused
    return aggregates[0] if len(aggregates) == 1 else Combine(aggregates)


def _order(request: Request, names: Mapping[str, str], findings: list[Finding]) -> tuple[OrderBy, ...]:
    """The order by output columns; an item is named as the query names it, or as its column."""
    columns = {
        **_without_grain(request, names),
        **{name: name for name in names.values()},
        **names,
        **{name: name for name in request.metrics},
    }
    found = []
    for item in request.order_by:
        reference = None if item.name in request.metrics else read_reference(item.name)
        column = columns.get(str(reference) if reference else item.name)
        if column:
            found.append(OrderBy(column, item.descending))
        else:
            findings.append(_not_asked(item, columns))
    return tuple(found)


def _without_grain(request: Request, names: Mapping[str, str]) -> dict[str, str]:
    """Times that are grouped by at one grain only, by their names alone."""
    bare: dict[str, set[str]] = {}
    for one in request.group_by:
        if not one.date_part:
            bare.setdefault(str(one.plain), set()).add(names.get(str(one), str(one)))
    return {name: column for name, (column, *more) in bare.items() if not more}


def _not_asked(item: OrderBy, columns: Mapping[str, str]) -> Finding:
    return FindingCode.ORDER_BY_UNKNOWN.found(
        f"The query is ordered by {item.name[:128]!r}, which it does not ask for.",
        remedy=f"{similar(item.name, columns)}Order by one of its metrics or group_by items.",
    )


def _repeated(request: Request, names: Mapping[str, str]) -> Iterator[Finding]:
    """Group-by items that are the same column, as `metric_time` and `metric_time__day` may be."""
    columns = [names.get(str(one), str(one)) for one in request.group_by]
    for name in dict.fromkeys(one for one in columns if columns.count(one) > 1):
        yield FindingCode.QUERY_INVALID.found(
            f"The query groups by {name} {columns.count(name)} times.", remedy="Name each item once."
        )


def _name_clashes(keys: tuple[str, ...], request: Request) -> Iterator[Finding]:
    for name in sorted({*keys} & {*request.metrics}):
        yield FindingCode.QUERY_INVALID.found(
            f"{name} is both a metric and a group_by item of the query.",
            remedy="Ask for them in separate queries, or rename one.",
        )


def _circles(lookup: Lookup, request: Request, above: tuple[str, ...]) -> Iterator[Finding]:
    """A metric whose own filter leads back to it, or filters that look at metrics too deep."""
    for name in request.metrics:
        if name in lookup.metrics and above and (name in above or len(above) > MAX_FILTERED):
            yield support.cycle(lookup.metrics[name])


def _refuse(findings: Iterable[Finding]) -> None:
    found = tuple(findings)
    if found:
        message = found[0].message if len(found) == 1 else f"The query has {len(found)} faults."
        raise QueryRefused(message, findings=found)
