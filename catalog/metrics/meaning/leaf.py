"""A measure over filtered rows in normal form: what is aggregated, over which rows, at which time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation, Dimension, Measure, SemanticModel, TimeGranularity
from catalog.metrics.aggregation import percentile_of
from catalog.metrics.expand import Conversion, Leaf
from catalog.metrics.lookup import Lookup
from catalog.metrics.meaning.aggregate import aggregate_of
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.normal import conditions, value
from catalog.metrics.meaning.reference import Surroundings
from catalog.metrics.rolled_up_measure import is_estimated
from catalog.metrics.scan import MetModel, met_model
from catalog.metrics.time_step import CustomWindow, TimeStep, TimeWindow

EXACT: Final = "exact"
KEPT: Final = "kept"
_LENGTHS: Final = {
    TimeGranularity.WEEK: (7, TimeGranularity.DAY),
    TimeGranularity.QUARTER: (3, TimeGranularity.MONTH),
    TimeGranularity.YEAR: (12, TimeGranularity.MONTH),
}


@dataclass(frozen=True, slots=True)
class LeafMeaning:
    """`plain` is the normal form as plain values, in which `exact` holds what only matters where nothing is
    counted: the answer about no row at all, and what is `kept` of groups in which no row counts.

    `expression` (None for counted rows) and `filters` are its trees over columns by their places, `joins` what
    leads to those that are not the own ones of `model`, as a query joins it.
    """

    plain: Mapping[str, Any]
    model: SemanticModel
    aggregation: str
    expression: exp.Expr | None
    filters: tuple[exp.Expr, ...]
    joins: Mapping[str, MetModel] = field(default_factory=dict)

    @property
    def relation(self) -> str:
        """The relation whose rows are aggregated."""
        return self.model.relation


def leaf_meaning(around: Surroundings) -> LeafMeaning:
    """The normal form of the leaf of `around`; raises `Unclear`."""
    leaf = around.leaf
    tree = value(around.expression(leaf.measure.name, leaf.measure.expr))
    whole = leaf.conversion is not None or leaf.measure.non_additive_dimension is not None
    normal = aggregate_of(leaf.measure.agg, tree, whole=whole)
    where = conditions(around.conditions(leaf.filters))
    filters = tuple(one for one in conditions([*where, *normal.kept]) if spelled(one) != normal.present)
    exact = {"aggregate": normal.exact, "filters": [spelled(one) for one in where]}
    said = {"aggregate": normal.said, "filters": [spelled(one) for one in filters]}
    kept = {KEPT: exact} if exact != said else {}
    plain = {
        "type": "simple",
        "relation": leaf.model.source,
        "aggregation": normal.aggregation,
        "expression": "" if normal.tree is None else spelled(normal.tree),
        "filters": said["filters"],
        "time": _time(leaf.time, around) if leaf.time else "",
        **_parameters(leaf.measure),
        **_non_additive(around),
        **_over_time(around),
        **(_conversion(leaf.conversion, around) if leaf.conversion else {}),
        **({EXACT: {"empty": normal.empty, **kept}} if kept or normal.empty != "null" else {}),
    }
    joins = {place: met_model(join, leaf) for place, join in around.joins.items()}
    return LeafMeaning(plain, leaf.model, normal.aggregation, normal.tree, filters, joins)


def _time(time: Dimension, around: Surroundings) -> str:
    """The time, without a truncation that its grain makes anyway."""
    unit = exp.Var(this=time.granularity.value.upper())
    tree = value(exp.TimestampTrunc(this=around.expression(time.name, time.expr), unit=unit))
    inner = (
        tree.this if isinstance(tree, exp.TimestampTrunc) and tree.args["unit"].name == unit.name else tree
    )
    return spelled(inner.unnest())


def _parameters(measure: Measure) -> dict[str, Any]:
    if measure.agg not in {Aggregation.MEDIAN, Aggregation.PERCENTILE}:
        return {"approximate": True} if is_estimated(measure) else {}
    share = 0.5 if measure.agg is Aggregation.MEDIAN else percentile_of(measure.agg_params)
    discrete = measure.agg_params.get("use_discrete_percentile") is True
    approximate = measure.agg_params.get("use_approximate_percentile") is True and not discrete
    return {"percentile": share, "discrete": discrete, "approximate": approximate}


def _non_additive(around: Surroundings) -> dict[str, Any]:
    over = around.leaf.measure.non_additive_dimension
    if over is None:
        return {}
    groups = sorted(around.named(name) for name in over.window_groupings)
    return {"non_additive": {"over": around.named(over.name), "choice": over.window_choice, "by": groups}}


def _over_time(around: Surroundings) -> dict[str, Any]:
    leaf = around.leaf
    said = {
        "steps": [_step(one, around.lookup) for one in leaf.steps],
        "period": f"{leaf.period} of the {leaf.grain}" if leaf.period else "",
        "join_to_timespine": leaf.fill or None,
        "of_groups": [spelled(one) for one in conditions(around.conditions(leaf.asked_of_groups))],
        "missing": leaf.missing,
    }
    return {key: found for key, found in said.items() if found not in (None, "", [])}


def _step(step: TimeStep, lookup: Lookup) -> str:
    """The step with its length, its grain, or the calendar that declares its periods."""
    calendar = _calendar(step.calendar, lookup) if step.calendar else ""
    return f"{step.kind} {_length(step.window) or step.grain or calendar or ''}".strip()


def _length(window: TimeWindow | None) -> str:
    """The window in days or months where it is one of weeks, quarters or years."""
    if window is None:
        return ""
    times, grain = _LENGTHS.get(window.grain, (1, window.grain))
    return str(TimeWindow(window.count * times, grain))


def _calendar(window: CustomWindow, lookup: Lookup) -> str:
    spine, name = lookup.custom_grains[window.grain]
    return f"{window.count} {spine.source}.{name}"


def _conversion(conversion: Conversion, around: Surroundings) -> dict[str, Any]:
    """The rows of the other model that make a row of this one a success, and what is counted of them."""
    late = Leaf("conversion", "", conversion.model, conversion.measure, conversion.time, conversion.filters)
    theirs = Surroundings(around.lookup, late, around.defined)
    pairs = ((conversion.entity, conversion.entity), *conversion.constant)
    return {
        "conversion": {
            **leaf_meaning(theirs).plain,
            "within": _length(conversion.window),
            "same": sorted([around.named(mine), theirs.named(other)] for mine, other in pairs),
        }
    }
