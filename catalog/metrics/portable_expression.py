"""A metric as one SQL expression over the fields of one dataset, for tools that know no metric types."""

from collections.abc import Callable, Iterator
from typing import Final

from sqlglot import exp

from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.domain.semantic_model import Dimension, DimensionType, Entity, Measure, SemanticModel
from catalog.metrics.aggregation import aggregate
from catalog.metrics.dialects.percentile import Percentile, within_group
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import enclosed, every, parse_expression, with_columns
from catalog.metrics.filter import Condition, parse_filter
from catalog.metrics.join_rule import JoinRule, judge_join
from catalog.metrics.lookup import Lookup
from catalog.metrics.name import Reference
from catalog.metrics.paths import Reach, reach
from catalog.metrics.support import MAX_NESTING

Element = Dimension | Entity | Measure
# The column by which an element of a model is known in the other format.
Naming = Callable[[SemanticModel, Element], exp.Expr]
_OVER_TIME: Final = frozenset({MetricType.CONVERSION, MetricType.CUMULATIVE})


class NotPortable(ValueError):
    """No expression means the metric in a tool without its type; the text says why."""


def portable_expression(metric: Metric, lookup: Lookup, naming: Naming) -> exp.Expr:
    """The expression, which aggregates one dataset and groups as the metric does.

    Raises `NotPortable`. What is estimated here is written as the exact number.
    """
    writer = _Writer(lookup, naming)
    tree = writer.metric(metric, (), 0)
    if len(writer.models) > 1:
        raise NotPortable(f"it counts rows of {' and '.join(sorted(writer.models))} apart")
    return tree


class _Writer:
    def __init__(self, lookup: Lookup, naming: Naming) -> None:
        self.lookup = lookup
        self.naming = naming
        self.models: set[str] = set()

    def metric(self, metric: Metric, filters: tuple[str, ...], depth: int) -> exp.Expr:
        """The formula over aggregates; `filters` hold for every row."""
        if metric.type in _OVER_TIME:
            raise NotPortable(f"{metric.name} is a {metric.type} metric")
        if depth > MAX_NESTING:
            raise NotPortable(f"{metric.name} is made of itself, or nested too deeply")
        filters = (*filters, *metric.filters)
        match metric.type:
            case MetricType.SIMPLE:
                return self._simple(metric, filters)
            case MetricType.RATIO:
                parts = (self._input(one, filters, depth) for one in (metric.numerator, metric.denominator))
                return _quotient(*parts)
            case _:
                return self._derived(metric, filters, depth)

    def _simple(self, metric: Metric, filters: tuple[str, ...]) -> exp.Expr:
        one = metric.measure
        if one is None or one.name not in self.lookup.measures:
            raise NotPortable(f"{metric.name} names no measure that exists")
        if one.join_to_timespine:
            raise NotPortable(f"{metric.name} has values for moments without rows")
        model, measure = self.lookup.measures[one.name]
        if measure.non_additive_dimension is not None:
            raise NotPortable(f"the measure {measure.name} may not be added up over time")
        self.models.add(model.name)
        conditions = [*self._conditions((*filters, *one.filters), model)]
        value = self.naming(model, measure)
        if conditions:
            value = exp.Case(ifs=[exp.If(this=every(conditions), true=value)])
        tree = aggregate(measure, value)
        return _filled(within_group(tree) if isinstance(tree, Percentile) else tree, one)

    def _derived(self, metric: Metric, filters: tuple[str, ...], depth: int) -> exp.Expr:
        inputs = {one.alias or one.name: one for one in metric.inputs}
        tree = _read(metric.expr)
        if unknown := {found.name for found in tree.find_all(exp.Column)} - inputs.keys():
            raise NotPortable(f"the expression names {', '.join(sorted(unknown))}, which is no input")
        return with_columns(tree, lambda hole: enclosed(self._input(inputs[hole.name], filters, depth)))

    def _input(self, one: MetricInput | None, filters: tuple[str, ...], depth: int) -> exp.Expr:
        if one is None or one.name not in self.lookup.metrics:
            raise NotPortable("an input does not exist")
        if one.offset_window or one.offset_to_grain:
            raise NotPortable(f"{one.name} is taken at another time")
        return self.metric(self.lookup.metrics[one.name], (*filters, *one.filters), depth + 1)

    def _conditions(self, filters: tuple[str, ...], model: SemanticModel) -> Iterator[exp.Expr]:
        for text in dict.fromkeys(filters):
            try:
                conditions = parse_filter(text).conditions
            except ExpressionRefused as refused:
                raise NotPortable(refused.findings[0].message) from refused
            for one in conditions:
                yield self._condition(one, model)

    def _condition(self, one: Condition, model: SemanticModel) -> exp.Expr:
        return with_columns(one.tree, lambda hole: self._field(one.reference(hole), model))

    def _field(self, asked: Reference, model: SemanticModel) -> exp.Expr:
        """The column that a filter looks at, of the dataset itself or of one that it joins to in one way."""
        if asked.metric or asked.is_metric_time or asked.grain or asked.date_part or asked.custom:
            raise NotPortable(f"a filter looks at {asked}")
        found = reach(self.lookup, model, asked)
        if not isinstance(found, Reach) or not self._direct(found):
            raise NotPortable(f"a filter looks at {asked}, to which no single join leads")
        element = found.element
        if isinstance(element, Dimension) and element.type is DimensionType.TIME:
            raise NotPortable(f"a filter looks at the time {asked}")
        holder = found.joins[-1].model if found.joins else model
        return enclosed(self.naming(holder, element))

    def _direct(self, found: Reach) -> bool:
        """No join, or one that is the only one between its two models and asks for nothing else."""
        if not found.joins:
            return True
        (first, *more) = found.joins
        ways = [
            left
            for left in found.start.entities
            for right in first.model.entities
            if left.name == right.name and judge_join(left.type, right.type) is not JoinRule.FAN_OUT
        ]
        return not more and len(ways) == 1 and first.rule is JoinRule.SAFE and not first.partitions


def _read(expr: str) -> exp.Expr:
    try:
        return parse_expression(expr)
    except ExpressionRefused as refused:
        raise NotPortable(refused.findings[0].message) from refused


def _quotient(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    divisor = exp.Nullif(this=denominator, expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(numerator, "DOUBLE"), expression=divisor)


def _filled(value: exp.Expr, one: MetricInput) -> exp.Expr:
    if one.fill_nulls_with is None:
        return value
    return exp.Coalesce(this=value, expressions=[exp.Literal.number(one.fill_nulls_with)])
