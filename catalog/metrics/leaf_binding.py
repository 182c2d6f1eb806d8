"""Binding a measure to its query: what it is grouped by, which rows it counts, over which joins."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.aggregation import aggregated
from catalog.metrics.binding import Parameters, bind_condition, time_literal
from catalog.metrics.distinct import met_before_time
from catalog.metrics.errors import ExpressionRefused, QueryRefused
from catalog.metrics.expand import ROWS, Conversion, Leaf, ScopedFilter
from catalog.metrics.expression import column, declared
from catalog.metrics.filling import Filling, every_moment
from catalog.metrics.linking import Link, link, spine_joins, time_cut, time_relation
from catalog.metrics.lookup import Lookup, spine_for
from catalog.metrics.moment import floor
from catalog.metrics.moment_grain import moment_grain
from catalog.metrics.name import METRIC_TIME, Reference
from catalog.metrics.paths import Join, Reach, reach
from catalog.metrics.period import within
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.field import Field
from catalog.metrics.planned_query import PlannedQuery
from catalog.metrics.query import MetricQuery, Request
from catalog.metrics.scan import Boundary, BoundConversion, BoundLeaf, Filled, MetricJoin
from catalog.metrics.time_need import (
    coarser,
    common_spine,
    constraint_without_time,
    conversion_moved,
    date_parts_refused,
    needed_grain,
    spine_missing,
    time_required,
    whole_periods,
)
from catalog.metrics.time_step import StepKind
from catalog.metrics.ways import parted

MOMENT: Final = "moment__of_period"


@dataclass(slots=True)
class LeafBinding:
    """Binds the leaves of one query one after the other; the same filter on the same model is bound once.

    `full` are the query's own references with their custom grains; `grain` is that of a bare `metric_time`;
    `names` are the output columns by what the query calls them.
    """

    lookup: Lookup
    request: Request
    grain: TimeGranularity
    full: Mapping[Reference, Reference]
    findings: list[Finding] = field(default_factory=list)
    parameters: Parameters = field(default_factory=Parameters)
    names: dict[str, str] = field(default_factory=dict)
    planned: Callable[[MetricQuery], PlannedQuery] = field(kw_only=True)
    known: dict[object, tuple[BoundCondition, ...]] = field(default_factory=dict)
    linked: dict[object, Link] = field(default_factory=dict)
    parted: dict[object, Mapping[str, tuple[Join, ...]]] = field(default_factory=dict)

    def bound(self, asked: Leaf) -> BoundLeaf | None:
        """The leaf with all it needs; None where something stands in the way of the query, which is found."""
        self._found(*date_parts_refused(asked, self.request.group_by))
        asked = replace(asked, ways=self._ways(asked))
        leaf, times = self._timed(asked)
        keys = self._links(leaf, ((one, self.full[one]) for one in self.request.group_by), self.grain, "")
        self.names |= {str(one): linked.field.name for one, linked in keys.items()}
        links = list(keys.values())
        conditions = list(self._time_range(leaf))
        looked: dict[str, MetricJoin] = {}
        for scoped in leaf.filters:
            found = self._filter_links(leaf, scoped, looked)
            links += found.values()
            conditions += self._conditions(leaf, scoped, found)
        fields = tuple({one.field.name: one.field for one in keys.values()}.values())
        if self.findings:
            return None
        try:
            return self._finished(leaf, times, fields, links, conditions, looked)
        except ExpressionRefused as refused:
            self._found(*refused.findings_at(leaf.measure.place))
            return None

    def _ways(self, leaf: Leaf) -> Mapping[str, tuple[Join, ...]]:
        """The joins of what the leaf reaches, where its ways part. Remembered for leaves with the same filters."""
        key = ("ways", leaf.model.name, *((one.filter.text, one.asked) for one in leaf.filters))
        if key not in self.parted:
            meant = [self.full[one] for one in self.request.group_by]
            for scoped in leaf.filters:
                plain = (Reference(one.element) if one.metric else one for one in scoped.filter.references)
                meant += (self.full.get(one, one) if scoped.asked else one for one in plain)
            found = (self._reached(leaf, one) for one in meant if not one.is_metric_time)
            self.parted[key] = parted(one for one in found if isinstance(one, Reach))
        return self.parted[key]

    def _reached(self, leaf: Leaf, one: Reference) -> Reach | Finding:
        return reach(self.lookup, leaf.model, one.with_custom(self.lookup.custom_grains))

    def _finished(  # noqa: PLR0917  # all that a leaf was found to need
        self,
        leaf: Leaf,
        times: list[Link],
        fields: tuple[Field, ...],
        links: list[Link],
        conditions: list[BoundCondition],
        looked: Mapping[str, MetricJoin],
    ) -> BoundLeaf | None:
        boundary = self._boundary(leaf, fields)
        converted = self._converted(leaf, leaf.conversion, links) if leaf.conversion else None
        measured = leaf.conversion or leaf
        measure = replace(measured.measure, approximate=None) if leaf.conversion else measured.measure
        bound = BoundLeaf(
            leaf,
            fields,
            _once(join for one in links for join in one.joins),
            tuple(dict.fromkeys(conditions)),
            aggregated(measure, measured.model.name),
            boundary,
            (*spine_joins(leaf), *{join.alias: join for one in links for join in one.spines}.values()),
            tuple(looked.values()),
            self._filled(leaf, fields, times) if leaf.fill and times else None,
            period_of(leaf, times),
            converted,
            met_before_time(leaf, links) if leaf.measure is ROWS else frozenset(),
        )
        return None if self.findings else bound

    def _timed(self, leaf: Leaf) -> tuple[Leaf, list[Link]]:
        """The leaf with its spine, where the query groups by its time; else without any steps."""
        bare = replace(leaf, steps=(), spine=None)
        asked = (self._link(bare, self.full[one], self.grain) for one in self.request.group_by)
        times = [one for one in asked if isinstance(one, Link) and one.is_time]
        if not leaf.steps and not leaf.fill:
            return leaf, times
        if not times:
            if leaf.measure is ROWS:
                return leaf, times
            if any(step.kind is not StepKind.ALL_TIME for step in leaf.steps):
                self._found(time_required(leaf))
            return replace(bare, fill=False), times
        grain = moment_grain(leaf, times) if leaf.steps else leaf.grain
        if isinstance(grain, Finding):
            self._found(grain)
            return bare, times
        leaf = replace(leaf, grain=grain)
        needed = needed_grain(leaf, times)
        spine = spine_for(self.lookup, needed)
        calendars = {step.calendar.grain for step in leaf.steps if step.calendar}
        if calendars:
            spine = common_spine(calendars, needed, self.lookup)
            leaf = replace(leaf, grain=spine.granularity) if spine else leaf
        if spine is None:
            self._found(spine_missing(leaf, needed))
            return bare, times
        starts = () if leaf.period else coarser(times, leaf.grain)
        return replace(leaf, spine=spine, starts=starts, whole=whole_periods(times, calendars)), times

    def _filled(self, leaf: Leaf, groups: tuple[Field, ...], times: list[Link]) -> Filled:
        """The periods of the spine that stand in the result, whether rows are there or not."""
        period = period_of(leaf, times)
        filling = Filling(self.lookup, self.full, self.grain, self.parameters)
        limits = self._time_range(every_moment(leaf))
        return filling.of(leaf, self.request.group_by, groups, limits, (period,) if period else ())

    def _converted(self, leaf: Leaf, conversion: Conversion, links: list[Link]) -> BoundConversion | None:
        """The pairs that make a row of the other model the conversion of a row of this one."""
        if leaf.steps:
            self._found(conversion_moved(leaf))
            return None
        assert leaf.time is not None
        late = Leaf(leaf.name, leaf.metric, conversion.model, conversion.measure, conversion.time, ())
        names = [(conversion.entity, conversion.entity), *conversion.constant]
        mine = [Reference.parse(base) or Reference(base) for base, _ in names]
        theirs = [Reference.parse(other) or Reference(other) for _, other in names]
        early_links = self._links(leaf, ((one, one) for one in mine), self.grain, "its conversion: ")
        late_links = self._links(late, ((one, one) for one in theirs), self.grain, "its conversion: ")
        if self.findings:
            return None
        links += early_links.values()
        equal = tuple(
            (early_links[one].field.tree, late_links[other].field.tree)
            for one, other in zip(mine, theirs, strict=True)
        )
        conditions: list[BoundCondition] = []
        joins = [*late_links.values()]
        for scoped in conversion.filters:
            found = self._filter_links(late, scoped, {})
            joins += found.values()
            conditions += self._conditions(late, scoped, found)
        grain = max(leaf.time.granularity, conversion.time.granularity, key=lambda one: one.rank)
        time = (time_cut(leaf.model, leaf.time, grain), time_cut(late.model, conversion.time, grain))
        met = _once(join for one in joins for join in one.joins)
        return BoundConversion(conversion, time, equal, met, tuple(conditions))

    def _boundary(self, leaf: Leaf, keys: tuple[Field, ...]) -> Boundary | None:
        """The window of a measure that is not additive: its groupings, and the periods asked of its time."""
        over = leaf.measure.non_additive_dimension
        if over is None:
            return None
        named = [Reference(over.name), *(Reference(name) for name in over.window_groupings)]
        links = self._links(leaf, ((one, one) for one in named), self.grain, "its window: ")
        if len(links) < len(named):
            return None
        time, *groups = (links[one].field for one in named)
        asked = [one for one in keys if (one.relation, one.element) == (time.relation, time.element)]
        return Boundary(time, over.window_choice == "max", (*groups, *asked))

    def _link(self, leaf: Leaf, meant: Reference, grain: TimeGranularity, outer: int = 0) -> Link | Finding:
        """What the reference means; the same for all leaves of one model and one time."""
        time = leaf.time.name if leaf.time else ""
        ways = tuple((end, joins[0].alias) for end, joins in leaf.ways.items())
        spine = leaf.spine and leaf.spine.relation
        key = (leaf.model.name, time, leaf.steps, spine, ways, meant, grain, outer)
        if key in self.linked:
            return self.linked[key]
        found = link(self.lookup, leaf, meant, grain, outer)
        if isinstance(found, Link):
            self.linked[key] = found
        return found

    def _links(
        self,
        leaf: Leaf,
        references: Iterable[tuple[Reference, Reference]],
        grain: TimeGranularity,
        why: str,
        outer: int = 0,
    ) -> dict[Reference, Link]:
        """What each reference means; `why` says in a finding for what it was needed."""
        found: dict[Reference, Link] = {}
        for asked, meant in references:
            linked = self._link(leaf, meant, grain, outer)
            if isinstance(linked, Link):
                found[asked] = linked
            else:
                self._found(replace(linked, message=f"{leaf.metric}: {why}{linked.message}"))
        return found

    def _filter_links(
        self, leaf: Leaf, scoped: ScopedFilter, looked: dict[str, MetricJoin]
    ) -> dict[Reference, Link]:
        """What a filter looks at; a consumer's filter means the same for every metric of the query.

        The metrics that it looks at are added to `looked`.
        """
        why = f"the filter {scoped.filter.text!r} does not apply: "
        plain = [one for one in scoped.filter.references if not one.metric]
        meant = ((one, self.full[one] if scoped.asked else one) for one in plain)
        links = self._links(leaf, meant, scoped.grain, why, scoped.outer)
        for one in scoped.filter.references:
            if one.metric and (found := self._metric_link(leaf, one, why)):
                links[one], looked[str(one)] = found
        return links

    def _metric_link(self, leaf: Leaf, one: Reference, why: str) -> tuple[Link, MetricJoin] | None:
        """The value of a metric for the entity of each row, as MetricFlow joins it."""
        entity = Reference(one.element)
        links = self._links(leaf, [(entity, entity)], self.grain, why)
        if not links:
            return None
        try:
            inner = self.planned(MetricQuery((one.metric,), (str(one.plain),)))
        except QueryRefused as refused:
            self._found(
                *(replace(each, message=f"{leaf.metric}: {why}{each.message}") for each in refused.findings)
            )
            return None
        alias, key = str(one), inner.columns[0]
        on = ((links[entity].field.tree, column(key, alias)),)
        bound = Field(alias, alias, one.metric, column(one.metric))
        joined = MetricJoin(alias, one.metric, inner.plan, on)
        return Link(bound, links[entity].joins, links[entity].spines), joined

    def _conditions(
        self, leaf: Leaf, scoped: ScopedFilter, links: Mapping[Reference, Link]
    ) -> tuple[BoundCondition, ...]:
        if len(links) < len(set(scoped.filter.references)):
            return ()
        fields = {reference: one.field for reference, one in links.items()}
        key = (leaf.model.name, scoped.filter.text, scoped.asked, *fields.values())
        if key not in self.known:
            parameters = self.parameters if scoped.asked else None
            try:
                self.known[key] = tuple(
                    bind_condition(one, fields, parameters) for one in scoped.filter.conditions
                )
            except ExpressionRefused as refused:
                self.known[key] = ()
                self._found(*refused.findings)
        return self.known[key]

    def _time_range(self, leaf: Leaf) -> tuple[BoundCondition, ...]:
        """The time constraint on the leaf's own time, widened to whole periods of the grain that is asked."""
        if self.request.time_range is None:
            return ()
        if leaf.measure is ROWS and leaf.time is None:
            self._found(constraint_without_time())
            return ()
        linked = link(self.lookup, leaf, Reference(METRIC_TIME, grain=self._asked_grain()), self.grain)
        if isinstance(linked, Finding):
            self._found(linked)
            return ()
        key = ("time range", linked.field)
        if key not in self.known:
            start, end = self.request.time_range
            self.known[key] = (self._range(linked.field, start, end),)
        return (*self.known[key], *self._inner_range(leaf, linked.field))

    def _inner_range(self, leaf: Leaf, time: Field) -> tuple[BoundCondition, ...]:
        """MetricFlow limits the moments of an accumulating value before they are moved, too."""
        if not leaf.period or len(leaf.steps) < 2 or self.request.time_range is None:
            return ()
        relation = time_relation(len(leaf.steps) - 1)
        key = ("time range", relation, time)
        if key not in self.known:
            moment = replace(time, relation=relation)
            self.known[key] = (self._range(moment, *self.request.time_range),)
        return self.known[key]

    def _range(self, time: Field, start: datetime, end: datetime) -> BoundCondition:
        grain = time.grain or self.grain
        first, last = floor(start, grain), floor(end, grain)
        tree = within(time.source, grain, first, last, self._value)
        return BoundCondition(f"{time.name} from {first} to {last}", tree, frozenset({time.relation}))

    def _value(self, moment: datetime) -> exp.Expr:
        return time_literal(moment, self.parameters)

    def _asked_grain(self) -> TimeGranularity:
        """The finest grain of `metric_time` that is grouped by, or that of a bare one."""
        known = self.lookup.custom_grains
        asked = [self.full[one].with_custom(known) for one in self.request.group_by if not one.date_part]
        grains = [
            known[one.custom][0].granularity if one.custom in known else one.grain or self.grain
            for one in asked
            if one.is_metric_time
        ]
        return min(grains, key=lambda grain: grain.rank, default=self.grain)

    def _found(self, *findings: Finding) -> None:
        self.findings += [one for one in findings if one not in self.findings]


def period_of(leaf: Leaf, times: list[Link]) -> Field | None:
    """The moments that an accumulating value has within each period that is asked, where there are many."""
    if not leaf.period or not leaf.steps or leaf.spine is None:
        return None
    if any(one.field.grain and one.field.grain.rank <= leaf.grain.rank for one in times):
        return None
    return Field(MOMENT, time_relation(0), MOMENT, declared(leaf.spine.column), leaf.grain)


def _once(joins: Iterable[Join]) -> tuple[Join, ...]:
    return tuple({join.alias: join for join in joins}.values())
