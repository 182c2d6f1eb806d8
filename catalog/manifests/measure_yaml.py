"""Aggregations of dbt semantic layer YAML: the measures of a model, and those that metrics declare."""

from collections.abc import Mapping
from typing import Any

from catalog.domain.semantic_model import APPROXIMATE, Aggregation, Measure, NonAdditiveDimension
from catalog.manifests.element import Element
from catalog.manifests.governance_yaml import governance


def measure(item: Element) -> Measure:
    """The measure that a mapping under `measures` declares."""
    return Measure(
        name=item.text("name"),
        agg=Aggregation(item.text("agg").lower()),
        expr=item.text("expr"),
        description=item.text("description"),
        agg_time_dimension=item.text("agg_time_dimension"),
        agg_params=item.mapping("agg_params"),
        non_additive_dimension=_non_additive(item.element("non_additive_dimension")),
        create_metric=item.flag("create_metric"),
        label=item.text("label"),
        approximate=governance(item).custom.get(APPROXIMATE),
        place=item.place,
    )


def measure_of_metric(item: Element, said: Element, expr: str) -> Measure:
    """The measure that a simple metric declares in `said`, by the metric's name."""
    return Measure(
        name=item.text("name"),
        agg=Aggregation(said.text("agg").lower()),
        expr=expr,
        description=item.text("description"),
        agg_time_dimension=said.text("agg_time_dimension"),
        agg_params=said.mapping("agg_params") or _parameters(said),
        non_additive_dimension=_non_additive(said.element("non_additive_dimension")),
        metric=item.text("name"),
        approximate=governance(item).custom.get(APPROXIMATE),
        place=item.place,
    )


def _parameters(item: Element) -> Mapping[str, Any]:
    """`percentile` and `percentile_type` as the parameters of a measure."""
    said = {"percentile": item.fields["percentile"]} if "percentile" in item.fields else {}
    discrete = item.text("percentile_type").lower() == "discrete"
    return {**said, **({"use_discrete_percentile": True} if discrete else {})}


def _non_additive(item: Element) -> NonAdditiveDimension | None:
    """Of the two forms the newer one says `window_agg` and `group_by`."""
    if not item.fields:
        return None
    return NonAdditiveDimension(
        name=item.text("name"),
        window_choice=(item.text("window_choice") or item.text("window_agg", "min")).lower(),
        window_groupings=item.texts("window_groupings") or item.texts("group_by"),
    )
