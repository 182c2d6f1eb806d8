"""Queries without metrics: from which rows the combinations of their group-by items are taken."""

from collections import Counter
from collections.abc import Iterable

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension, DimensionType, SemanticModel, TimeGranularity, TimeSpine
from catalog.metrics.errors import QueryRefused
from catalog.metrics.expand import ROWS, Leaf, ScopedFilter
from catalog.metrics.linking import PART_GRAINS, Link
from catalog.metrics.lookup import Lookup, own_links, spine_for
from catalog.metrics.name import METRIC_TIME, Reference
from catalog.metrics.paths import Reach, reach
from catalog.metrics.query import Request
from catalog.metrics.time_step import StepKind, TimeStep

_DAY = TimeGranularity.DAY


def rows_of(lookup: Lookup, request: Request) -> Leaf:
    """The model that reaches all items with the fewest joins, crossed with time where `metric_time` is asked.

    Raises `QueryRefused` where no model reaches them all.
    """
    filters = [ScopedFilter(one, _DAY, asked=True) for one in request.where]
    asked = [*request.group_by, *(one for where in request.where for one in where.references)]
    meant = [one.with_custom(lookup.custom_grains) for one in asked if not one.metric]
    spine = _spine(lookup, [one for one in meant if one.is_metric_time])
    others = [one for one in meant if not one.is_metric_time]
    if spine and not others:
        time = Dimension(METRIC_TIME, DimensionType.TIME, spine.column, granularity=spine.granularity)
        alone = SemanticModel(spine.name, spine.relation, dimensions=(time,))
        return Leaf("rows", "the query", alone, ROWS, time, tuple(filters))
    model = _model(lookup, others)
    if spine is None:
        return Leaf("rows", "the query", model, ROWS, None, tuple(filters))
    time = Dimension(METRIC_TIME, DimensionType.TIME, granularity=spine.granularity)
    steps = (TimeStep(StepKind.EVERY),)
    return Leaf("rows", "the query", model, ROWS, time, tuple(filters), steps, spine=spine)


def _spine(lookup: Lookup, times: list[Reference]) -> TimeSpine | None:
    """The spine that has all moments that are asked for."""
    if not times:
        return None
    grains = [
        lookup.custom_grains[one.custom][0].granularity
        if one.custom in lookup.custom_grains
        else one.grain or _DAY
        for one in times
    ]
    finest = min(grains, key=lambda grain: grain.rank)
    spine = spine_for(lookup, finest)
    if spine is None:
        raise _refused(
            FindingCode.METRIC_TIME_SPINE_MISSING.found(
                f"metric_time without a metric is every {finest} of time, and no time spine has them.",
                remedy="Declare a time spine, or ask for a metric.",
            )
        )
    return spine


def _model(lookup: Lookup, asked: list[Reference]) -> SemanticModel:
    """Of the models that reach everything by the shortest names and over the fewest joins, the narrowest."""
    fitting: list[tuple[int, int, int, SemanticModel]] = []
    for model in lookup.manifest.semantic_models:
        found = [one for one in (reach(lookup, model, each) for each in asked) if isinstance(one, Reach)]
        if len(found) == len(asked):
            joins = {join.alias for one in found for join in one.joins}
            length = sum(len(one.reference.path) for one in found)
            fitting.append((length, len(joins), _breadth(model), model))
    if not fitting:
        names = ", ".join(str(one) for one in asked)
        raise _refused(
            FindingCode.DIMENSION_UNREACHABLE.found(
                f"No semantic model reaches {names} together.",
                remedy="Ask for them in separate queries, or with a metric that has them.",
            )
        )
    return min(fitting, key=lambda one: one[:-1])[-1]


def met_before_time(leaf: Leaf, links: Iterable[Link]) -> frozenset[str]:
    """The joins that the rows meet before every moment, and those over them.

    As MetricFlow orders them: first what answers most items, of equals what offers least; a custom period is
    an item and its day another. It matters, because rows that only a later join brings have no moment.
    """
    if leaf.spine is None:
        return frozenset()
    once = {one.field.name: one for one in links}.values()
    answers = Counter(one.joins[0].alias for one in once if one.joins for _ in (one, *one.spines))
    time = (-sum(one.is_time for one in once), _breadth_of(leaf.spine))
    first = {one.joins[0].alias: one.joins[0].model for one in once if one.joins}
    early = {alias for alias, model in first.items() if (-answers[alias], _breadth(model)) < time}
    return frozenset(join.alias for one in once for join in one.joins if one.joins[0].alias in early)


def _breadth_of(spine: TimeSpine) -> int:
    """Each grain and part of its time, which is asked for as `metric_time` or by its own name."""
    shown: list[TimeGranularity] = [*TimeGranularity, *PART_GRAINS.values()]
    return 2 * (sum(one.rank >= spine.granularity.rank for one in shown) + len(spine.custom_granularities))


def _breadth(model: SemanticModel) -> int:
    """How much can be asked of the model by itself, as MetricFlow counts it: each grain and part of a time."""
    times = [one for one in model.dimensions if one.type is DimensionType.TIME]
    grains = sum(one.rank >= time.granularity.rank for time in times for one in TimeGranularity)
    parts = sum(one.rank >= time.granularity.rank for time in times for one in PART_GRAINS.values())
    links = own_links(model)
    entities = len(model.entities) * (1 + len(links)) - sum(one.name in links for one in model.entities)
    return entities + (len(model.dimensions) - len(times) + grains + parts) * (1 + len(links))


def _refused(finding: Finding) -> QueryRefused:
    return QueryRefused(finding.message, findings=[finding])
