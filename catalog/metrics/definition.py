"""What decides a metric's number, as one canonical value; equal values mean the same number on the same data.

Relations, expressions, aggregations, filters and inputs count; names of measures, models, dimensions and
metrics, descriptions and governance do not, nor does how the same is written: see `meaning.normal`. Made from
the formula that the compiler expands a metric to, so what it computes and what is compared are one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlglot import exp

from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expand import Expansion, default_grain
from catalog.metrics.expression import column, with_columns
from catalog.metrics.filter import parse_filter
from catalog.metrics.join_rule import JoinRule, judge_join
from catalog.metrics.lookup import Lookup, lookup_of
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.leaf import EXACT, KEPT, LeafMeaning, leaf_meaning
from catalog.metrics.meaning.normal import value
from catalog.metrics.meaning.reference import Surroundings, Unclear
from catalog.metrics.meaning.written import as_written
from catalog.metrics.support import MAX_NESTING, inputs_of

_PRODUCTS: Final = (exp.Div, exp.Mul, exp.Neg, exp.Nullif, exp.Paren)
_SUMS: Final = (exp.Add, exp.Div, exp.Mul, exp.Neg, exp.Paren, exp.Sub)


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric's definition with its leaves, in the order in which `plain` names them; none where it cannot
    be read or found, and then stands there as written.
    """

    plain: Mapping[str, Any]
    leaves: tuple[LeafMeaning, ...] = ()


def definition_of(metric: Metric, manifest: SemanticManifest) -> Any:
    """The metric's definition as plain JSON values."""
    return defined(metric, manifest).plain


def meaning_of(definition: Any) -> Any:
    """The definition without what only matters where nothing is counted: 0 or null, a group or none, and
    what a division by zero gives.
    """
    if isinstance(definition, Mapping):
        return {key: meaning_of(item) for key, item in definition.items() if key != EXACT}
    return [meaning_of(item) for item in definition] if isinstance(definition, list) else definition


def defined(metric: Metric, manifest: SemanticManifest) -> Definition:
    """The metric's definition with the trees that it was written from."""
    lookup = lookup_of(manifest)
    if lookup.metrics.get(metric.name) != metric:
        others = (one for one in manifest.metrics if one.name != metric.name)
        lookup = lookup_of(replace(manifest, metrics=(metric, *others)))
    return _defined(metric, lookup, frozenset())


def _defined(metric: Metric, lookup: Lookup, above: frozenset[str]) -> Definition:
    """Metrics in filters are defined within; `above` are those whose filters led here."""
    expansion = Expansion(lookup)
    formula = expansion.formula(metric.name)
    if expansion.findings or metric.name in above or len(above) > MAX_NESTING:
        return Definition(as_written(metric, lookup))

    def looked_at(name: str) -> str:
        if name not in lookup.metrics:
            raise Unclear
        return _json(_defined(lookup.metrics[name], lookup, above | {metric.name}).plain)

    try:
        leaves = {
            leaf.name: leaf_meaning(Surroundings(lookup, leaf, looked_at))
            for leaf in expansion.leaves.values()
        }
    except Unclear:
        return Definition(as_written(metric, lookup))
    plain, used = _formula(formula, leaves)
    grain = default_grain(metric, lookup)
    return Definition({**plain, **({"grain": grain.value} if grain is not TimeGranularity.DAY else {})}, used)


def _formula(
    formula: exp.Expr, leaves: Mapping[str, LeafMeaning]
) -> tuple[dict[str, Any], tuple[LeafMeaning, ...]]:
    """The formula over leaves that are numbered as they appear; a leaf alone is its own definition.

    A leaf in a product or quotient makes nothing of nothing; in a sum null and 0 differ, so it is exact there.
    """
    added = _only_multiplied(value(formula))
    parts = {name: dict(leaf.plain) if name in added else _exact(leaf.plain) for name, leaf in leaves.items()}
    by_name = {_name(parts[name]): (parts[name], leaf) for name, leaf in leaves.items()}
    exact = value(with_columns(formula, lambda one: column(_name(parts[one.name]))))
    tree = value(_unguarded(exact))
    if isinstance(tree, exp.Column) and isinstance(exact, exp.Column):
        plain, leaf = by_name[tree.name]
        return plain, (leaf,)
    names = list(dict.fromkeys(found.name for found in tree.find_all(exp.Column, bfs=False)))
    numbers = {name: column(f"input_{number}") for number, name in enumerate(names)}
    said, meant = (spelled(with_columns(one, lambda found: numbers[found.name])) for one in (tree, exact))
    plain = {
        "type": "formula",
        "expression": said,
        "inputs": [by_name[name][0] for name in names],
        **({EXACT: meant} if meant != said else {}),
    }
    return plain, tuple(by_name[name][1] for name in names)


def _only_multiplied(tree: exp.Expr) -> frozenset[str]:
    """The leaves on whose way to the root there are products and quotients only."""
    columns = [*tree.find_all(exp.Column)]
    elsewhere = {one.name for one in columns if not _within(one, _PRODUCTS)}
    return frozenset(one.name for one in columns) - elsewhere


def _within(node: exp.Expr, kinds: tuple[type[exp.Expr], ...]) -> bool:
    """Whether everything above the node is of these kinds."""
    above = node.parent
    return above is None or (isinstance(above, kinds) and _within(above, kinds))


def _exact(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The leaf with what is kept of groups in which no row counts as a part of its meaning."""
    kept = plain.get(EXACT, {}).get(KEPT)
    return {**plain, KEPT: kept} if kept else dict(plain)


def _name(plain: Mapping[str, Any]) -> str:
    """A text that sorts by what the leaf means before all else."""
    return f"{_json(meaning_of(plain))} {_json(plain)}"


def _unguarded(tree: exp.Expr) -> exp.Expr:
    """A division without NULLIF of its divisor and zero, where that only decides what a division by zero gives."""
    copied = tree.copy()
    for one in [*copied.find_all(exp.Div)]:
        guard = one.expression.unnest()
        if isinstance(guard, exp.Nullif) and spelled(guard.expression) == "0" and _within(one, _SUMS):
            one.set("expression", guard.this.copy())
    return copied


def _json(content: Any) -> str:
    return json.dumps(content, sort_keys=True)


def closure(metric: Metric, manifest: SemanticManifest) -> SemanticManifest:
    """The metric, all metrics it is made of, their models, and every model that those may be joined to."""
    lookup = lookup_of(manifest)
    metrics = _with_inputs(metric, lookup)
    named = {measured.name for one in metrics.values() for measured in one.measures}
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
    texts = (*metric.filters, *(text for one in (*inputs, *metric.measures) for text in one.filters))
    for text in texts:
        try:
            yield from (one.metric for one in parse_filter(text).references if one.metric)
        except ExpressionRefused:
            continue


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
