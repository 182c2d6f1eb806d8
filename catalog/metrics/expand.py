"""From metrics to the measures they are made of: each metric becomes a formula over measured leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    Measure,
    SemanticModel,
    TimeGranularity,
    TimeSpine,
)
from catalog.metrics import support
from catalog.metrics.declared_time import cumulative_step, no_time, offset_step, read_conversion
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import column, columns_of, enclosed, parse_expression, some, with_columns
from catalog.metrics.filter import Filter, parse_filter
from catalog.metrics.lookup import Lookup, agg_time_dimension
from catalog.metrics.paths import Join
from catalog.metrics.support import MAX_NESTING, inputs_of
from catalog.metrics.time_step import TimeStep, TimeWindow

MAX_FORMULAS: Final = 4_096
# What a query without metrics counts: nothing, its rows only are grouped.
ROWS: Final = Measure("rows", Aggregation.COUNT, "1")
# What marks a group in which a measure has rows; no measure of a manifest has a name with spaces.
PRESENT: Final = Measure("rows are present", Aggregation.MAX, "1")
_KNOWS_NULL: Final = (exp.Coalesce, exp.Case, exp.Is, exp.Greatest, exp.Least, exp.Concat)


@dataclass(frozen=True, slots=True)
class ScopedFilter:
    """A filter and the grain that a bare `metric_time` has where it was written.

    `asked` says that a consumer wrote it: its literals become parameters. It looks at times after all steps
    of its leaf but the `outer` last ones. `writer` is the metric that it stands in.
    """

    filter: Filter
    grain: TimeGranularity
    asked: bool = False
    outer: int = 0
    writer: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What the rows of a leaf became: rows of another model with the same entity, within `window` after them.

    `constant` are pairs of elements that must be equal in both.
    """

    model: SemanticModel
    measure: Measure
    time: Dimension
    entity: str
    window: TimeWindow | None
    constant: tuple[tuple[str, str], ...]
    filters: tuple[ScopedFilter, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for the same conversions."""
        scopes = frozenset((one.filter.text, one.grain) for one in self.filters)
        return (self.measure.name, self.entity, self.window, self.constant, scopes)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A measure over the rows that satisfy all its filters; `name` is unique in the query.

    `steps` move its rows in time, the last one first; they end at moments of `spine`. `fill` keeps moments
    without rows, `period` is what stands for a period of many moments, both where time is grouped by; of
    periods in `starts` only the first moment counts, so that an offset to a grain is taken once. `missing`
    is the value of moments without one before a period's value is taken. `ways` are the joins to a relation
    where they are not those that `paths` found.
    """

    name: str
    metric: str
    model: SemanticModel
    measure: Measure
    time: Dimension | None
    filters: tuple[ScopedFilter, ...]
    steps: tuple[TimeStep, ...] = ()
    grain: TimeGranularity = TimeGranularity.DAY
    fill: bool = False
    period: str = ""
    spine: TimeSpine | None = None
    conversion: Conversion | None = None
    starts: tuple[TimeGranularity, ...] = ()
    whole: bool = False
    missing: int | None = None
    ways: Mapping[str, tuple[Join, ...]] = field(default_factory=dict, compare=False)

    @property
    def asked_of_groups(self) -> tuple[ScopedFilter, ...]:
        """The filters that moments without rows have to satisfy too: all but the metric's own."""
        return tuple(one for one in self.filters if one.writer != self.metric) if self.fill else ()


@dataclass(slots=True)
class Expansion:
    """Collects the leaves of one query, each measure with the same filters once, and all findings.

    `beside` are leaves that have groups of a leaf's metric without being in its formula.
    """

    lookup: Lookup
    grouped: bool = True
    leaves: dict[tuple[object, ...], Leaf] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    formulas: int = 0
    beside: dict[str, frozenset[str]] = field(default_factory=dict)

    def formula(
        self,
        name: str,
        filters: tuple[ScopedFilter, ...] = (),
        above: tuple[str, ...] = (),
        steps: tuple[TimeStep, ...] = (),
    ) -> exp.Expr:
        """The metric over leaves; null where it cannot be expanded, with the reason among the findings."""
        metric = self.lookup.metrics.get(name)
        if metric is None:
            return self._fault(support.unknown_metric(name, self.lookup))
        self.formulas += 1
        if name in above or len(above) > MAX_NESTING or self.formulas > MAX_FORMULAS:
            return self._fault(support.cycle(metric) if name in above else support.too_complex(metric))
        if missing := tuple(support.missing_inputs(metric)):
            return self._fault(*missing)
        scoped = (*filters, *self._scoped(metric.filters, metric, len(steps)))
        if metric.type in {MetricType.CONVERSION, MetricType.CUMULATIVE} or metric.measure:
            return self._over_rows(metric, scoped, steps)
        named = inputs_of(metric)
        inputs = [self._input(metric, one, scoped, (*above, name), steps) for one in named]
        if len(named) > 1 and self.grouped:
            inputs = [self.where_present(one.name, part) for one, part in zip(named, inputs, strict=True)]
        return _ratio(*inputs) if metric.type is MetricType.RATIO else self._derived(metric, inputs)

    def where_present(self, name: str, formula: exp.Expr) -> exp.Expr:
        """The formula of a metric that stands beside others: null in groups that the metric itself has not.

        What a simple metric has for missing values stands in the groups of the others too.
        """
        metric = self.lookup.metrics.get(name)
        if metric is None or metric.type is MetricType.SIMPLE or not formula.find(*_KNOWS_NULL):
            return formula
        read = columns_of(formula)
        read = read.union(*(self.beside.get(one, ()) for one in read))
        marks = [self._mark(one) for one in [*self.leaves.values()] if one.name in read]
        present = [exp.Not(this=exp.Is(this=mark, expression=exp.Null())) for mark in dict.fromkeys(marks)]
        return exp.Case(ifs=[exp.If(this=some(present), true=formula)])

    def _mark(self, leaf: Leaf) -> exp.Expr:
        """One in each group of the leaf; conversions that keep moments have groups of their own."""
        conversion = leaf.conversion if leaf.fill else None
        return self._leaf(replace(leaf, measure=PRESENT, conversion=conversion, missing=None))

    def _over_rows(
        self, metric: Metric, filters: tuple[ScopedFilter, ...], steps: tuple[TimeStep, ...]
    ) -> exp.Expr:
        """A metric that is made of measures."""
        if metric.type is MetricType.CONVERSION:
            return self._conversion(metric, filters, steps)
        if metric.type is not MetricType.CUMULATIVE:
            return self._measured(metric, metric.measure, filters, steps)
        step = cumulative_step(metric)
        if isinstance(step, Finding):
            return self._fault(step)
        period = str(metric.params.get("period_agg") or "first").lower()
        return self._measured(metric, metric.measure, filters, (*steps, step), period)

    def _measured(  # noqa: PLR0917  # a leaf has that many sides
        self,
        metric: Metric,
        one: MetricInput | None,
        filters: tuple[ScopedFilter, ...],
        steps: tuple[TimeStep, ...],
        period: str = "",
        conversion: Conversion | None = None,
    ) -> exp.Expr:
        """The measure that a metric names, over rows that satisfy the filters, at the times of the steps."""
        if one is None or one.name not in self.lookup.measures:
            return self._fault(support.unknown_measure(metric, self.lookup, one))
        model, measure = self.lookup.measures[one.name]
        own = self._scoped(one.filters, metric, len(steps) - bool(period))
        leaf = Leaf(
            metric.name,
            metric.name,
            model,
            measure,
            agg_time_dimension(model, measure),
            tuple(dict.fromkeys((*filters, *own))),
            steps,
            default_grain(metric, self.lookup),
            one.join_to_timespine,
            period,
            None,
            conversion,
            missing=one.fill_nulls_with if period else None,
        )
        return _filled(self._leaf(leaf), one)

    def _leaf(self, leaf: Leaf) -> exp.Expr:
        converted = leaf.conversion.key if leaf.conversion else None
        of_groups = leaf.asked_of_groups
        scopes = frozenset((one.filter.text, one.grain, one.outer, one in of_groups) for one in leaf.filters)
        key = (
            leaf.model.name,
            leaf.measure.name,
            scopes,
            leaf.steps,
            leaf.fill,
            leaf.period,
            leaf.missing,
            converted,
        )
        if key not in self.leaves:
            taken = {one.name for one in self.leaves.values()}
            name = leaf.metric if leaf.metric not in taken else f"{leaf.metric}__{len(taken)}"
            self.leaves[key] = replace(leaf, name=name)
        return column(self.leaves[key].name)

    def _conversion(
        self, metric: Metric, filters: tuple[ScopedFilter, ...], steps: tuple[TimeStep, ...]
    ) -> exp.Expr:
        """Conversions, or their share of the opportunities; the filters choose opportunities.

        Every group that has opportunities is in the result, with conversions or without.
        """
        read = read_conversion(metric, self.lookup)
        if isinstance(read, Finding):
            return self._fault(read)
        model, measure = self.lookup.measures[read.conversion.name]
        base_model, base_measure = self.lookup.measures[read.base.name]
        time, base_time = agg_time_dimension(model, measure), agg_time_dimension(base_model, base_measure)
        if time is None or base_time is None:
            return self._fault(no_time(metric))
        own = self._scoped(read.conversion.filters, metric, 0)
        conversion = Conversion(model, measure, time, read.entity, read.window, read.constant, own)
        opportunity = replace(read.conversion, name=read.base.name, filters=read.base.filters)
        converted = self._measured(metric, opportunity, filters, steps, conversion=conversion)
        opportunities = self._measured(metric, read.base, filters, steps)
        self.beside |= dict.fromkeys(columns_of(converted), columns_of(opportunities))
        return _ratio(converted, opportunities) if read.is_rate else converted

    def _input(
        self,
        metric: Metric,
        one: MetricInput,
        filters: tuple[ScopedFilter, ...],
        above: tuple[str, ...],
        steps: tuple[TimeStep, ...],
    ) -> exp.Expr:
        """An input metric under its own filters, which see its time before it is moved.

        A bare `metric_time` in them has the grain of the metric that they are written in.
        """
        offset = offset_step(metric, one, self.lookup)
        if isinstance(offset, Finding):
            return self._fault(offset)
        steps += (offset,) if offset else ()
        if one.name not in self.lookup.metrics:
            return self._fault(support.unknown_input(metric, one, self.lookup))
        own = self._scoped(one.filters, metric, len(steps))
        return _filled(self.formula(one.name, (*filters, *own), above, steps), one)

    def _derived(self, metric: Metric, inputs: list[exp.Expr]) -> exp.Expr:
        try:
            tree = parse_expression(metric.expr)
        except ExpressionRefused as refused:
            return self._fault(*refused.findings_at(metric.place))
        named = {one.alias or one.name: part for one, part in zip(metric.inputs, inputs, strict=True)}
        for name in sorted(columns_of(tree) - named.keys()):
            self._fault(support.unknown_column(metric, name))
        return with_columns(tree, lambda one: enclosed(named.get(one.name, exp.Null()).copy()))

    def _scoped(self, texts: Iterable[str], metric: Metric, outer: int) -> tuple[ScopedFilter, ...]:
        found = []
        for text in texts:
            try:
                grain = default_grain(metric, self.lookup)
                found.append(ScopedFilter(parse_filter(text), grain, outer=outer, writer=metric.name))
            except ExpressionRefused as refused:
                self.findings += refused.findings_at(metric.place)
        return tuple(found)

    def _fault(self, *findings: Finding) -> exp.Expr:
        self.findings += [one for one in dict.fromkeys(findings) if one not in self.findings]
        return exp.Null()


def default_grain(metric: Metric, lookup: Lookup) -> TimeGranularity:
    """What a bare `metric_time` means: the declared grain, or the finest of all measures, from day up."""
    return metric.time_granularity or max(TimeGranularity.DAY, _base(metric, lookup, 0), key=_rank)


def base_grain(metric: Metric, lookup: Lookup) -> TimeGranularity:
    """The coarsest grain of the times of all measures."""
    return _base(metric, lookup, 0)


def _base(metric: Metric, lookup: Lookup, depth: int) -> TimeGranularity:
    """The coarsest grain of the measures' times. Remembered."""
    known: TimeGranularity | None = lookup.of_metrics.get(("grain", metric.name))
    if known is not None or depth > MAX_NESTING:
        return known or TimeGranularity.DAY
    grains = [TimeGranularity.NANOSECOND]
    for name in {one.name for one in metric.measures} & lookup.measures.keys():
        time = agg_time_dimension(*lookup.measures[name])
        grains += [time.granularity] if time else []
    inputs = [lookup.metrics[one.name] for one in inputs_of(metric) if one.name in lookup.metrics]
    grains += [_base(one, lookup, depth + 1) for one in inputs]
    lookup.of_metrics["grain", metric.name] = found = max(grains, key=_rank)
    return found


def _rank(grain: TimeGranularity) -> int:
    return grain.rank


def _ratio(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """The quotient as a floating point number; null where the denominator is zero."""
    divisor = exp.Nullif(this=denominator.copy(), expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(numerator.copy(), "DOUBLE"), expression=divisor)


def _filled(formula: exp.Expr, one: MetricInput) -> exp.Expr:
    if one.fill_nulls_with is None:
        return formula
    return exp.Coalesce(this=formula, expressions=[exp.Literal.number(one.fill_nulls_with)])
