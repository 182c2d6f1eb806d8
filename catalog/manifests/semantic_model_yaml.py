"""One semantic model of dbt semantic layer YAML as a domain object."""

import re

from catalog.domain.semantic_model import (
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    SemanticModel,
    TimeGranularity,
)
from catalog.manifests.element import Element
from catalog.manifests.governance_yaml import governance
from catalog.manifests.measure_yaml import measure

_CALL = re.compile(r"(ref|source)\s*\(([^()]*)\)")


def semantic_model(item: Element) -> SemanticModel:
    """The model that a mapping under `semantic_models` declares."""
    return SemanticModel(
        name=item.text("name"),
        relation=_relation(item),
        description=item.text("description"),
        default_agg_time_dimension=item.element("defaults").text("agg_time_dimension"),
        primary_entity=item.text("primary_entity"),
        entities=tuple(_entity(one) for one in item.elements("entities")),
        dimensions=tuple(_dimension(one) for one in item.elements("dimensions")),
        measures=tuple(measure(one) for one in item.elements("measures")),
        governance=governance(item),
        label=item.text("label"),
        place=item.place,
    )


def _relation(item: Element) -> str:
    """`ref('orders')` is `orders`, `source('raw', 'orders')` is `raw.orders`, a node is its dotted name."""
    node = item.element("node_relation")
    if node.fields:
        return ".".join(filter(None, (node.text("database"), node.text("schema_name"), node.text("alias"))))
    model = item.text("model").strip().removeprefix("{{").removesuffix("}}").strip()
    call = _CALL.fullmatch(model)
    if call is None:
        return model
    named = [one.strip().strip("'\"") for one in call[2].split(",") if "=" not in one]
    return ".".join(named) if call[1] == "source" else named[-1]


def _entity(item: Element) -> Entity:
    return Entity(
        name=item.text("name"),
        type=EntityType(item.text("type").lower()),
        expr=item.text("expr"),
        role=item.text("role"),
        label=item.text("label"),
        place=item.place,
    )


def _dimension(item: Element) -> Dimension:
    type_params = item.element("type_params")
    validity = type_params.element("validity_params")
    return Dimension(
        name=item.text("name"),
        type=DimensionType(item.text("type").lower()),
        expr=item.text("expr"),
        description=item.text("description"),
        is_partition=item.flag("is_partition"),
        granularity=TimeGranularity(type_params.text("time_granularity", "day").lower()),
        validity_start=validity.flag("is_start"),
        validity_end=validity.flag("is_end"),
        label=item.text("label"),
        granularity_declared="time_granularity" in type_params.fields,
        in_validity_window="validity_params" in type_params.fields,
        place=item.place,
    )
