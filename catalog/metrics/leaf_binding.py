"""Binding a measure to its query: what it is grouped by, which rows it counts, over which joins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.aggregation import aggregated
from catalog.metrics.binding import Parameters, bind_condition, time_literal
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expand import Leaf, ScopedFilter
from catalog.metrics.linking import Link, link
from catalog.metrics.lookup import Lookup
from catalog.metrics.moment import floor
from catalog.metrics.name import METRIC_TIME, Reference
from catalog.metrics.paths import Join
from catalog.metrics.period import within
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.field import Field
from catalog.metrics.query import Request
from catalog.metrics.scan import Boundary, BoundLeaf


@dataclass(slots=True)
class LeafBinding:
    """Binds the leaves of one query one after the other; the same filter on the same model is bound once.

    `full` says what the query's own references mean for all leaves; `grain` is that of a bare `metric_time`;
    `names` are the output columns by what the query calls them.
    """

    lookup: Lookup
    request: Request
    grain: TimeGranularity
    full: Mapping[Reference, Reference]
    findings: list[Finding] = field(default_factory=list)
    parameters: Parameters = field(default_factory=Parameters)
    names: dict[str, str] = field(default_factory=dict)
    known: dict[object, tuple[BoundCondition, ...]] = field(default_factory=dict)

    def bound(self, leaf: Leaf) -> BoundLeaf | None:
        """The leaf with all it needs; None where something stands in the way of the query, which is found."""
        keys = self._links(leaf, ((one, self.full[one]) for one in self.request.group_by), self.grain, "")
        self.names |= {str(asked): one.field.name for asked, one in keys.items()}
        joins = [join for one in keys.values() for join in one.joins]
        conditions = list(self._time_range(leaf))
        for scoped in leaf.filters:
            links = self._filter_links(leaf, scoped)
            joins += [join for one in links.values() for join in one.joins]
            conditions += self._conditions(leaf, scoped, links)
        fields = tuple({one.field.name: one.field for one in keys.values()}.values())
        boundary = self._boundary(leaf, fields)
        try:
            aggregate = aggregated(leaf.measure, leaf.model.name)
        except ExpressionRefused as refused:
            self._found(*refused.findings_at(leaf.measure.place))
            return None
        if self.findings:
            return None
        return BoundLeaf(leaf, fields, _once(joins), tuple(dict.fromkeys(conditions)), aggregate, boundary)

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

    def _links(
        self,
        leaf: Leaf,
        references: Iterable[tuple[Reference, Reference]],
        grain: TimeGranularity,
        why: str,
    ) -> dict[Reference, Link]:
        """What each reference means; `why` says in a finding for what it was needed."""
        found: dict[Reference, Link] = {}
        for asked, meant in references:
            linked = link(self.lookup, leaf, meant, grain)
            if isinstance(linked, Link):
                found[asked] = linked
            else:
                self._found(replace(linked, message=f"{leaf.metric}: {why}{linked.message}"))
        return found

    def _filter_links(self, leaf: Leaf, scoped: ScopedFilter) -> dict[Reference, Link]:
        """What a filter looks at; a consumer's filter means the same for every metric of the query."""
        meant = ((one, self.full[one] if scoped.asked else one) for one in scoped.filter.references)
        return self._links(leaf, meant, scoped.grain, f"the filter {scoped.filter.text!r} does not apply: ")

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
        linked = link(self.lookup, leaf, Reference(METRIC_TIME, grain=self._asked_grain(leaf)), self.grain)
        if isinstance(linked, Finding):
            self._found(linked)
            return ()
        key = ("time range", linked.field)
        if key not in self.known:
            self.known[key] = (self._range(linked.field, *self.request.time_range),)
        return self.known[key]

    def _range(self, time: Field, start: datetime, end: datetime) -> BoundCondition:
        grain = time.grain or self.grain
        first, last = floor(start, grain), floor(end, grain)
        tree = within(time.source, grain, first, last, self._value)
        return BoundCondition(f"{time.name} from {first} to {last}", tree, frozenset({time.relation}))

    def _value(self, moment: datetime) -> exp.Expr:
        return time_literal(moment, self.parameters)

    def _asked_grain(self, leaf: Leaf) -> TimeGranularity | None:
        """The finest grain of `metric_time` that is grouped by, or the grain of the data."""
        asked = [one for one in self.request.group_by if one.is_metric_time and not one.date_part]
        grains = [one.grain or self.grain for one in asked]
        if not grains:
            return leaf.time.granularity if leaf.time else None
        return min(grains, key=lambda grain: grain.rank)

    def _found(self, *findings: Finding) -> None:
        self.findings += [one for one in findings if one not in self.findings]


def _once(joins: Iterable[Join]) -> tuple[Join, ...]:
    return tuple({join.alias: join for join in joins}.values())
