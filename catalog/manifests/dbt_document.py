"""A semantic manifest as one dbt file with measures: what `semantic_yaml` reads, written.

Reading what is written gives the equal manifest, places aside. What is empty, or what a reader takes for
granted, is left out.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from catalog.domain.metric import SavedQuery, SemanticManifest
from catalog.domain.semantic_model import APPROXIMATE, Dimension, Entity, Measure, SemanticModel, TimeSpine
from catalog.manifests.dbt_metric import config, metric_documents, non_additive, owned_measures
from catalog.manifests.plain import Plain, said

_TABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*){0,2}")


def dbt_document(manifest: SemanticManifest) -> Plain:
    """The manifest's parts under the words of a dbt file."""
    spines = time_spine_documents(manifest.time_spines)
    return said(
        version=2,
        semantic_models=semantic_model_documents(manifest, whole="project_configuration" in spines),
        metrics=metric_documents(manifest),
        saved_queries=[saved_query_document(one) for one in manifest.saved_queries],
        **spines,
    )


def semantic_model_documents(manifest: SemanticManifest, *, whole: bool = False) -> list[Plain]:
    """The items of `semantic_models`; measures that metrics declare stand there.

    A `whole` manifest has a project's configuration beside them, and names relations as nodes.
    """
    owned = [one.measure for one in owned_measures(manifest) if one]
    return [_semantic_model(model, owned, whole) for model in manifest.semantic_models]


def _semantic_model(model: SemanticModel, owned: Sequence[Measure], whole: bool) -> Plain:
    plain_table = not whole and _TABLE.fullmatch(model.relation)
    return said(
        name=model.name,
        label=model.label,
        description=model.description,
        model=model.relation if plain_table else None,
        node_relation=None if plain_table else {"alias": model.relation},
        defaults=said(agg_time_dimension=model.default_agg_time_dimension),
        primary_entity=model.primary_entity,
        entities=[_entity(one) for one in model.entities],
        dimensions=[_dimension(one) for one in model.dimensions],
        measures=[_measure(one) for one in model.measures if not any(one is other for other in owned)],
        config=config(model.governance),
    )


def saved_query_document(query: SavedQuery) -> Plain:
    """One item of `saved_queries`."""
    params = said(
        metrics=list(query.metrics),
        group_by=list(query.group_by),
        where=list(query.where),
        order_by=list(query.order_by),
        limit=query.limit,
    )
    exports = [{"name": name} for name in query.exports]
    return {**said(name=query.name, description=query.description, exports=exports), "query_params": params}


def time_spine_documents(spines: Iterable[TimeSpine]) -> Plain:
    """`models` as dbt writes spines; MetricFlow's project configuration where one stands in another schema."""
    each = tuple(spines)
    if all(one.name == one.relation for one in each):
        return said(models=[_spine_model(one) for one in each])
    return said(project_configuration={"time_spines": [_spine_of_project(one) for one in each]})


def _spine_model(spine: TimeSpine) -> Plain:
    return said(
        name=spine.name,
        time_spine=said(standard_granularity_column=spine.column, custom_granularities=_custom(spine)),
        columns=[{"name": spine.column, "granularity": spine.granularity.value}],
        config=config(spine.governance),
    )


def _spine_of_project(spine: TimeSpine) -> Plain:
    schema = spine.relation.removesuffix(spine.name).removesuffix(".")
    return said(
        node_relation=said(schema_name=schema, alias=spine.name),
        primary_column={"name": spine.column, "time_granularity": spine.granularity.value},
        custom_granularities=_custom(spine),
        config=config(spine.governance),
    )


def _custom(spine: TimeSpine) -> list[Plain]:
    return [{"name": one.name, "column_name": one.column} for one in spine.custom_granularities]


def _entity(entity: Entity) -> Plain:
    return said(
        name=entity.name, label=entity.label, type=entity.type.value, role=entity.role, expr=entity.expr
    )


def _dimension(dimension: Dimension) -> Plain:
    params: Plain = {}
    if dimension.granularity_declared:
        params["time_granularity"] = dimension.granularity.value
    if dimension.in_validity_window:
        params["validity_params"] = said(is_start=dimension.validity_start, is_end=dimension.validity_end)
    return said(
        name=dimension.name,
        label=dimension.label,
        type=dimension.type.value,
        description=dimension.description,
        expr=dimension.expr,
        is_partition=dimension.is_partition,
        type_params=params,
    )


def _measure(measure: Measure) -> Plain:
    return said(
        name=measure.name,
        label=measure.label,
        agg=measure.agg.value,
        description=measure.description,
        expr=measure.expr,
        agg_time_dimension=measure.agg_time_dimension,
        agg_params=dict(measure.agg_params),
        non_additive_dimension=non_additive(measure.non_additive_dimension),
        create_metric=measure.create_metric,
        config={"meta": {APPROXIMATE: measure.approximate}} if measure.approximate is not None else None,
    )
