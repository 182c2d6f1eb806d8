"""What decides a metric's number, as one canonical value; equal values mean the same number on the same data.

Relations, expressions, aggregations, filters and inputs count; names of measures and metrics, descriptions
and governance do not. Spacing, the case of keywords and where in a chain of metrics a filter stands do not
matter. That two definitions which are written differently could still mean the same is not found here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import Dimension, Entity, Measure, SemanticModel
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import element_expression, parse_expression, with_columns
from catalog.metrics.filter import Condition, parse_filter
from catalog.metrics.join_rule import JoinRule, judge_join
from catalog.metrics.lookup import Lookup, agg_time_dimension, lookup_of
from catalog.metrics.name import Reference
from catalog.metrics.paths import reach
from catalog.metrics.support import MAX_NESTING, inputs_of

_MEASURE_KEYS: Final = ("base_measure", "conversion_measure", "measure")


def definition_of(metric: Metric, manifest: SemanticManifest) -> Any:
    """The metric's definition as plain JSON values; what cannot be read or found stands there by its name."""
    return _defined(metric, lookup_of(manifest), (), frozenset())


def closure(metric: Metric, manifest: SemanticManifest) -> SemanticManifest:
    """The metric, all metrics it is made of, their models, and every model that those may be joined to."""
    lookup = lookup_of(manifest)
    metrics = _with_inputs(metric, lookup)
    named = {name for one in metrics.values() for name in _measure_names(one)}
    models = _with_joined(
        {lookup.measures[name][0].name for name in named if name in lookup.measures}, lookup
    )
    return SemanticManifest(
        tuple(one for one in manifest.semantic_models if one.name in models),
        (metric, *(one for one in manifest.metrics if one.name in metrics and one.name != metric.name)),
        manifest.time_spines,
    )


def _with_inputs(metric: Metric, lookup: Lookup) -> dict[str, Metric]:
    met, queue = {metric.name: metric}, [metric]
    while queue:
        for name in _named_metrics(queue.pop()):
            if name not in met and name in lookup.metrics:
                met[name] = lookup.metrics[name]
                queue.append(met[name])
    return met


def _named_metrics(metric: Metric) -> Iterator[str]:
    """The inputs of a metric, and the metrics that its filters look at."""
    inputs = inputs_of(metric)
    yield from (one.name for one in inputs)
    measured = (metric.measure,) if metric.measure else ()
    texts = (*metric.filters, *(text for one in (*inputs, *measured) for text in one.filters))
    for text in texts:
        try:
            yield from (one.metric for one in parse_filter(text).references if one.metric)
        except ExpressionRefused:
            continue


def _measure_names(metric: Metric) -> Iterator[str]:
    if metric.measure:
        yield metric.measure.name
    nested = [metric.params, *(value for value in metric.params.values() if isinstance(value, Mapping))]
    for value in (params.get(key) for params in nested for key in _MEASURE_KEYS):
        if isinstance(value, MetricInput | str):
            yield value if isinstance(value, str) else value.name
        elif isinstance(value, Mapping):
            yield str(value.get("name", ""))


def _with_joined(names: set[str], lookup: Lookup) -> set[str]:
    """These models and all that they join to without repeating rows, over any number of joins."""
    found, queue = set(names), sorted(names)
    while queue:
        for left in lookup.models[queue.pop()].entities:
            for model, right in lookup.joinable[left.name]:
                if model.name not in found and judge_join(left.type, right.type) is not JoinRule.FAN_OUT:
                    found.add(model.name)
                    queue.append(model.name)
    return found


def _defined(metric: Metric, lookup: Lookup, inherited: tuple[str, ...], above: frozenset[str]) -> Any:
    if metric.name in above or len(above) > MAX_NESTING:
        return {"cycle" if metric.name in above else "too_deep": metric.name}
    above |= {metric.name}
    filters = (*inherited, *metric.filters)
    match metric.type:
        case MetricType.SIMPLE if metric.measure:
            return _leaf(metric.measure, lookup, filters)
        case MetricType.RATIO:
            parts = {"numerator": metric.numerator, "denominator": metric.denominator}
            inputs = {key: _input(one, lookup, filters, above) for key, one in parts.items()}
            return {"type": "ratio", **inputs}
        case MetricType.DERIVED:
            inputs = {one.alias or one.name: _input(one, lookup, filters, above) for one in metric.inputs}
            return {"type": "derived", **_formula(metric.expr, inputs)}
        case _:
            measured = [metric.measure] if metric.measure else _converted(metric)
            leaves = [_leaf(one, lookup, filters) for one in measured]
            params = {key: _without_inputs(value) for key, value in metric.params.items()}
            return {"type": metric.type.value, "measures": leaves, "params": _plain(params)}


def _converted(metric: Metric) -> list[MetricInput]:
    """The measures between which a conversion metric counts, in their order."""
    said = metric.params.get("conversion_type_params")
    each = [said.get(key) for key in _MEASURE_KEYS] if isinstance(said, Mapping) else []
    return [one for one in each if isinstance(one, MetricInput)]


def _without_inputs(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: item for key, item in value.items() if not isinstance(item, MetricInput)}


def _input(one: MetricInput | None, lookup: Lookup, filters: tuple[str, ...], above: frozenset[str]) -> Any:
    if one is None or one.name not in lookup.metrics:
        return {"unknown": one.name if one else ""}
    meant = _defined(lookup.metrics[one.name], lookup, (*filters, *one.filters), above)
    return meant | _modifiers(one)


def _formula(expr: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The expression over inputs that are numbered as they first appear: their aliases do not matter."""
    try:
        tree = parse_expression(expr)
    except ExpressionRefused:
        return {"unreadable": expr, "inputs": dict(inputs)}
    names = list(dict.fromkeys(found.name for found in tree.find_all(exp.Column, bfs=False)))
    numbered = with_columns(tree, lambda found: _named(f"input_{names.index(found.name)}"))
    return {"expression": _sql(numbered), "inputs": [inputs.get(name, {"unknown": name}) for name in names]}


def _leaf(one: MetricInput, lookup: Lookup, filters: tuple[str, ...]) -> dict[str, Any]:
    if one.name not in lookup.measures:
        return {"type": "simple", "unknown": one.name}
    model, measure = lookup.measures[one.name]
    time = agg_time_dimension(model, measure)
    every = {text for text in (*filters, *one.filters) if text.strip()}
    return {
        "type": "simple",
        "relation": model.relation,
        "aggregation": measure.agg.value,
        "expression": _element(measure),
        "time": _element(time) if time else "",
        "filters": sorted({part for text in every for part in _conditions(text, lookup, model, measure)}),
        **({"parameters": _plain(measure.agg_params)} if measure.agg_params else {}),
        **_non_additive(model, measure),
        **_modifiers(one),
    }


def _non_additive(model: SemanticModel, measure: Measure) -> dict[str, Any]:
    if (over := measure.non_additive_dimension) is None:
        return {}
    groupings = sorted(over.window_groupings)
    return {
        "non_additive": [over.name, over.window_choice, *groupings],
        "model_keys": _keys(model, groupings),
    }


def _keys(model: SemanticModel, names: Iterable[str]) -> list[str]:
    return [_element(one) for one in model.entities if one.name in set(names)]


def _modifiers(one: MetricInput) -> dict[str, Any]:
    """What the input does to the number beside its filters; absent where it does nothing."""
    said = {
        "fill_nulls_with": one.fill_nulls_with,
        "join_to_timespine": one.join_to_timespine or None,
        "offset_window": one.offset_window or None,
        "offset_to_grain": one.offset_to_grain or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _conditions(text: str, lookup: Lookup, model: SemanticModel, measure: Measure) -> list[str]:
    try:
        read = parse_filter(text)
    except ExpressionRefused:
        return [text]
    return [_condition(one, lookup, model, measure) for one in read.conditions]


def _condition(one: Condition, lookup: Lookup, model: SemanticModel, measure: Measure) -> str:
    tree = with_columns(one.tree, lambda hole: _named(_meant(one.reference(hole), lookup, model, measure)))
    return _sql(tree)


def _meant(reference: Reference, lookup: Lookup, model: SemanticModel, measure: Measure) -> str:
    """What a reference looks at: the relations on the way, the expression at its end, the grain."""
    said = reference.date_part or reference.grain or reference.custom or reference.metric
    suffix = f"@{said}" if said else ""
    time = agg_time_dimension(model, measure)
    if reference.is_metric_time and time:
        return f"{model.relation}.{_element(time)}{suffix}"
    found = reach(lookup, model, reference)
    if isinstance(found, Finding):
        return f"{reference}"
    steps = [f"{_element(join.left)}={join.model.relation}.{_element(join.right)}" for join in found.joins]
    return "/".join([model.relation, *steps]) + f".{_element(found.element)}{suffix}"


def _element(one: Dimension | Entity | Measure) -> str:
    try:
        return _sql(element_expression(one.name, one.expr))
    except ExpressionRefused:
        return one.expr


def _sql(tree: exp.Expr) -> str:
    """The expression in one spelling; an unquoted column is the same in any case."""
    spelled = with_columns(
        tree, lambda one: _named(one.name if one.this.args.get("quoted") else one.name.lower())
    )
    return spelled.unnest().sql("duckdb", comments=False)


def _named(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name))


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in sorted(value.items())}
        case list() | tuple():
            return [_plain(item) for item in value]
        case MetricInput():
            return {"name": value.name, "filters": list(value.filters), **_modifiers(value)}
        case _:
            return value
