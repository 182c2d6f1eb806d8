"""What decides a metric's number, as one canonical value; equal values mean the same number on the same data.

Relations, expressions, aggregations, filters and inputs count; names of measures, models, dimensions and
metrics, descriptions and governance do not, nor does how the same is written: see `meaning.normal`. Made from
the formula that the compiler expands a metric to, so what it computes and what is compared are one.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.expand import Expansion, Leaf, default_grain
from catalog.metrics.lookup import Lookup, lookup_of
from catalog.metrics.meaning.formula import only_multiplied, over_numbers, shape_of
from catalog.metrics.meaning.leaf import EXACT, KEPT, LeafMeaning, leaf_meaning
from catalog.metrics.meaning.reference import Surroundings, Unclear
from catalog.metrics.meaning.written import as_written
from catalog.metrics.support import MAX_NESTING


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
        leaves = {leaf.name: _meaning(key, leaf, lookup, looked_at) for key, leaf in expansion.leaves.items()}
    except Unclear:
        return Definition(as_written(metric, lookup))
    plain, used = _formula(formula, leaves)
    grain = default_grain(metric, lookup)
    return Definition({**plain, **({"grain": grain.value} if grain is not TimeGranularity.DAY else {})}, used)


def _meaning(
    key: tuple[object, ...], leaf: Leaf, lookup: Lookup, looked_at: Callable[[str], str]
) -> LeafMeaning:
    """The leaf's meaning, remembered for every metric with the same leaf, unless a filter looks at metrics."""
    if any(one.metric for scoped in leaf.filters for one in scoped.filter.references):
        return leaf_meaning(Surroundings(lookup, leaf, looked_at))
    known = ("meaning", key, leaf.grain)
    found: LeafMeaning | None = lookup.remembered.get(known)
    if found is None:
        found = lookup.remembered[known] = leaf_meaning(Surroundings(lookup, leaf, looked_at))
    return found


def _formula(
    formula: exp.Expr, leaves: Mapping[str, LeafMeaning]
) -> tuple[dict[str, Any], tuple[LeafMeaning, ...]]:
    """The formula over leaves that are numbered as they appear; a leaf alone is its own definition.

    A leaf in a product or quotient makes nothing of nothing; in a sum null and 0 differ, so it is exact there.
    """
    names = [*leaves]
    places = {name: place for place, name in enumerate(names)}
    multiplied = {names[place] for place in only_multiplied(over_numbers(formula, places))}
    parts = {
        name: dict(leaf.plain) if name in multiplied else _exact(leaf.plain) for name, leaf in leaves.items()
    }
    texts = {name: _name(part) for name, part in parts.items()}
    by_text = {text: (parts[name], leaves[name]) for name, text in texts.items()}
    ranked = sorted(by_text)
    ranks = {text: rank for rank, text in enumerate(ranked)}
    shape = shape_of(over_numbers(formula, {name: ranks[text] for name, text in texts.items()}))
    inputs = [by_text[ranked[rank]] for rank in shape.order]
    used = tuple(leaf for _, leaf in inputs)
    if shape.alone:
        return inputs[0][0], used
    plain = {
        "type": "formula",
        "expression": shape.said,
        "inputs": [part for part, _ in inputs],
        **({EXACT: shape.exact} if shape.exact != shape.said else {}),
    }
    return plain, used


def _exact(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The leaf with what is kept of groups in which no row counts as a part of its meaning."""
    kept = plain.get(EXACT, {}).get(KEPT)
    return {**plain, KEPT: kept} if kept else dict(plain)


def _name(plain: Mapping[str, Any]) -> str:
    """A text that sorts by what the leaf means before all else."""
    return f"{_json(meaning_of(plain))} {_json(plain)}"


def _json(content: Any) -> str:
    return json.dumps(content, sort_keys=True)
