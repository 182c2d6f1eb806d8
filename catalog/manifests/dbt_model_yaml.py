"""A dbt model that says itself what its rows mean: the newer form, in which columns are entities and dimensions."""

from collections.abc import Iterator

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


def is_semantic(model: Element) -> bool:
    """Whether the model has `semantic_model`, as `true` or as a mapping that is not turned off."""
    said = model.fields.get("semantic_model")
    return said is True or (isinstance(said, dict) and said.get("enabled") is not False)


def model_name(model: Element) -> str:
    """The name of the semantic model: its own, or the dbt model's."""
    return model.element("semantic_model").text("name") or model.text("name")


def semantic_model_of(model: Element) -> SemanticModel:
    """The semantic model of a dbt model: its columns, then what it derives from them."""
    columns, derived = model.elements("columns"), model.element("derived_semantics")
    own = model.element("semantic_model")
    return SemanticModel(
        name=model_name(model),
        relation=model.text("name"),
        description=model.text("description"),
        default_agg_time_dimension=model.text("agg_time_dimension"),
        primary_entity=model.text("primary_entity"),
        entities=(*_column_entities(columns), *(_entity(one) for one in derived.elements("entities"))),
        dimensions=(
            *_column_dimensions(columns),
            *(_dimension(one, one.text("granularity")) for one in derived.elements("dimensions")),
        ),
        governance=governance(own if own.element("config").fields else model),
        place=model.place,
    )


def _column_entities(columns: tuple[Element, ...]) -> Iterator[Entity]:
    for column in columns:
        said = column.element("entity")
        if isinstance(said.value, str):
            yield Entity(column.text("name"), EntityType(said.value.lower()), place=column.place)
        elif said.fields:
            yield _entity(said, column.text("name"))


def _entity(item: Element, column: str = "") -> Entity:
    name = item.text("name") or column
    return Entity(
        name,
        EntityType(item.text("type").lower()),
        item.text("expr") or (column if column != name else ""),
        label=item.text("label"),
        place=item.place,
    )


def _column_dimensions(columns: tuple[Element, ...]) -> Iterator[Dimension]:
    for column in columns:
        said, grain = column.element("dimension"), column.text("granularity")
        if isinstance(said.value, str):
            kind = DimensionType(said.value.lower())
            yield Dimension(
                column.text("name"),
                kind,
                description=column.text("description"),
                granularity=_grain(grain),
                granularity_declared=bool(grain),
                place=column.place,
            )
        elif said.fields:
            yield _dimension(said, grain, column)


def _dimension(item: Element, grain: str, column: Element | None = None) -> Dimension:
    source = column.text("name") if column else ""
    name, validity = item.text("name") or source, item.element("validity_params")
    return Dimension(
        name=name,
        type=DimensionType(item.text("type").lower()),
        expr=item.text("expr") or (source if source != name else ""),
        description=item.text("description") or (column.text("description") if column else ""),
        is_partition=item.flag("is_partition"),
        granularity=_grain(grain),
        validity_start=validity.flag("is_start"),
        validity_end=validity.flag("is_end"),
        label=item.text("label"),
        granularity_declared=bool(grain),
        in_validity_window="validity_params" in item.fields,
        place=item.place,
    )


def _grain(text: str) -> TimeGranularity:
    return TimeGranularity(text.lower()) if text else TimeGranularity.DAY
