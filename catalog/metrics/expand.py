"""From metrics to the measures they are made of: each metric becomes a formula over measured leaves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.domain.semantic_model import Dimension, Measure, SemanticModel, TimeGranularity
from catalog.metrics import support
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import column, columns_of, enclosed, parse_expression, with_columns
from catalog.metrics.filter import Filter, parse_filter
from catalog.metrics.lookup import Lookup, agg_time_dimension
from catalog.metrics.support import MAX_NESTING, inputs_of

MAX_FORMULAS: Final = 4_096


@dataclass(frozen=True, slots=True)
class ScopedFilter:
    """A filter and the grain that a bare `metric_time` has where it was written.

    `asked` says that a consumer wrote it: its literals become parameters.
    """

    filter: Filter
    grain: TimeGranularity
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A measure over the rows that satisfy all its filters; `name` is unique in the query."""

    name: str
    metric: str
    model: SemanticModel
    measure: Measure
    time: Dimension | None
    filters: tuple[ScopedFilter, ...]


@dataclass(slots=True)
class Expansion:
    """Collects the leaves of one query, each measure with the same filters once, and all findings."""

    lookup: Lookup
    leaves: dict[tuple[str, frozenset[tuple[str, TimeGranularity]]], Leaf] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    formulas: int = 0

    def formula(
        self, name: str, filters: tuple[ScopedFilter, ...] = (), above: tuple[str, ...] = ()
    ) -> exp.Expr:
        """The metric over leaves; null where it cannot be expanded, with the reason among the findings."""
        metric = self.lookup.metrics.get(name)
        if metric is None:
            return self._fault(support.unknown_metric(name, self.lookup))
        self.formulas += 1
        if name in above or len(above) > MAX_NESTING or self.formulas > MAX_FORMULAS:
            return self._fault(support.cycle(metric) if name in above else support.too_complex(metric))
        if metric.type not in support.SERVED_TYPES:
            return self._fault(support.unsupported_type(metric))
        if missing := tuple(support.missing_inputs(metric)):
            return self._fault(*missing)
        scoped = (*filters, *self._scoped(metric.filters, metric))
        if metric.measure and metric.type is MetricType.SIMPLE:
            return self._simple(metric, metric.measure, scoped)
        inputs = [self._input(metric, one, scoped, (*above, name)) for one in inputs_of(metric)]
        return _ratio(*inputs) if metric.type is MetricType.RATIO else self._derived(metric, inputs)

    def _simple(self, metric: Metric, one: MetricInput, filters: tuple[ScopedFilter, ...]) -> exp.Expr:
        if one.name not in self.lookup.measures:
            return self._fault(support.unknown_measure(metric, self.lookup))
        model, measure = self.lookup.measures[one.name]
        self._fault(*support.unsupported_input(metric, one))
        own = self._scoped(one.filters, metric)
        return _filled(self._leaf(metric, model, measure, (*filters, *own)), one)

    def _leaf(
        self, metric: Metric, model: SemanticModel, measure: Measure, filters: tuple[ScopedFilter, ...]
    ) -> exp.Expr:
        key = (measure.name, frozenset((one.filter.text, one.grain) for one in filters))
        if key not in self.leaves:
            taken = {leaf.name for leaf in self.leaves.values()}
            name = metric.name if metric.name not in taken else f"{metric.name}__{len(taken)}"
            time = agg_time_dimension(model, measure)
            self.leaves[key] = Leaf(name, metric.name, model, measure, time, tuple(dict.fromkeys(filters)))
        return column(self.leaves[key].name)

    def _input(
        self,
        metric: Metric,
        one: MetricInput,
        filters: tuple[ScopedFilter, ...],
        above: tuple[str, ...],
    ) -> exp.Expr:
        """An input metric under its own filters, which see the input's `metric_time`."""
        self._fault(*support.unsupported_input(metric, one))
        meant = self.lookup.metrics.get(one.name)
        if meant is None:
            return self._fault(support.unknown_input(metric, one, self.lookup))
        own = self._scoped(one.filters, meant)
        return _filled(self.formula(one.name, (*filters, *own), above), one)

    def _derived(self, metric: Metric, inputs: list[exp.Expr]) -> exp.Expr:
        try:
            tree = parse_expression(metric.expr)
        except ExpressionRefused as refused:
            return self._fault(*refused.findings_at(metric.place))
        named = {one.alias or one.name: part for one, part in zip(metric.inputs, inputs, strict=True)}
        for name in sorted(columns_of(tree) - named.keys()):
            self._fault(support.unknown_column(metric, name))
        return with_columns(tree, lambda one: enclosed(named.get(one.name, exp.Null()).copy()))

    def _scoped(self, texts: Iterable[str], metric: Metric) -> tuple[ScopedFilter, ...]:
        found = []
        for text in texts:
            try:
                found.append(ScopedFilter(parse_filter(text), default_grain(metric, self.lookup)))
            except ExpressionRefused as refused:
                self.findings += refused.findings_at(metric.place)
        return tuple(found)

    def _fault(self, *findings: Finding) -> exp.Expr:
        self.findings += [one for one in dict.fromkeys(findings) if one not in self.findings]
        return exp.Null()


def default_grain(metric: Metric, lookup: Lookup) -> TimeGranularity:
    """What a bare `metric_time` means: the declared grain, or the finest of all measures, from day up."""
    return metric.time_granularity or max(TimeGranularity.DAY, _base(metric, lookup, 0), key=_rank)


def _base(metric: Metric, lookup: Lookup, depth: int) -> TimeGranularity:
    """The coarsest grain of the measures' times. Remembered."""
    known: TimeGranularity | None = lookup.remembered.get(("grain", metric.name))
    if known is not None or depth > MAX_NESTING:
        return known or TimeGranularity.DAY
    grains = [TimeGranularity.NANOSECOND]
    if metric.measure and metric.measure.name in lookup.measures:
        time = agg_time_dimension(*lookup.measures[metric.measure.name])
        grains += [time.granularity] if time else []
    inputs = [lookup.metrics[one.name] for one in inputs_of(metric) if one.name in lookup.metrics]
    grains += [_base(one, lookup, depth + 1) for one in inputs]
    lookup.remembered["grain", metric.name] = found = max(grains, key=_rank)
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
