"""Datasets and relationships of another tool's Ossie document as semantic models with entities."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.governance import Governance
from catalog.domain.semantic_model import Dimension, DimensionType, Entity, EntityType, SemanticModel
from catalog.manifests.element import Element
from catalog.manifests.sql_text import sql_tree

READ_AS: Final[Mapping[str, str]] = {
    "ANSI_SQL": "",
    "SNOWFLAKE": "snowflake",
    "DATABRICKS": "databricks",
    "BIGQUERY": "bigquery",
}
_TABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*){0,2}")
_TEMPORAL: Final = frozenset({"Date", "DateTime", "DateTimeTz"})
_PLAIN_TYPES: Final = frozenset({"String", "Integer", "Decimal", "Float", "Boolean", "Time", "Opaque"})


def name_of(text: str) -> str:
    """A name as semantic models spell them: small letters, digits and `_`, beginning with a letter."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return name if name[:1].isalpha() else f"n_{name}".rstrip("_")


def expression_in(item: Element) -> tuple[str, str]:
    """The expression in the first dialect that is read, and that dialect; empty where there is none."""
    written = {
        one.text("dialect"): one.text("expression") for one in item.element("expression").elements("dialects")
    }
    dialect = next((name for name in READ_AS if name in written), "")
    return written.get(dialect, ""), dialect


def expressions_of(dataset: Element) -> dict[str, str]:
    """What each field of a dataset stands for, by its name."""
    return {field.text("name"): _regenerated(*expression_in(field)) for field in dataset.elements("fields")}


def dataset_model(dataset: Element) -> tuple[SemanticModel | None, tuple[Finding, ...]]:
    """The dataset as a semantic model without measures; None where its source is no table."""
    source, name = dataset.text("source").strip(), name_of(dataset.text("name"))
    if not _TABLE.fullmatch(source):
        why = "its source is a query, and a semantic model reads a table"
        return None, (lost(dataset, f"The dataset {name} is left out: {why}."),)
    fields = [one for one in dataset.elements("fields") if "dimension" in one.fields]
    expressions = expressions_of(dataset)
    dimensions = tuple(_dimension(one, expressions) for one in fields if expressions[one.text("name")])
    times = [one.name for one in dimensions if one.type is DimensionType.TIME]
    primary, unique = _keys(dataset, expressions)
    said = {"aiContext": dataset.fields["ai_context"]} if "ai_context" in dataset.fields else {}
    model = SemanticModel(
        name=name,
        relation=source,
        description=dataset.text("description"),
        default_agg_time_dimension=times[0] if times else "",
        primary_entity="" if primary else name,
        entities=(*primary, *unique),
        dimensions=tuple(one for one in dimensions if one.name not in {key.name for key in primary}),
        governance=Governance.from_properties(said),
        place=dataset.place,
    )
    return model, tuple(_told(dataset, fields, expressions, times))


def related(
    relationship: Element, models: Mapping[str, SemanticModel], expressions: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, SemanticModel], tuple[Finding, ...]]:
    """The models that a relationship changes: an entity on each side by which they join."""
    many, one = (models.get(name_of(relationship.text(side))) for side in ("from", "to"))
    sources, targets = relationship.texts("from_columns"), relationship.texts("to_columns")
    name = relationship.text("name")
    if many is None or one is None:
        return {}, (lost(relationship, f"The relationship {name} is left out: a dataset is not there."),)
    if len(sources) != 1 or len(targets) != 1:
        why = "an entity is one expression, and this joins on several columns"
        return {}, (lost(relationship, f"The relationship {name} is left out: {why}."),)
    left = expressions[many.name].get(sources[0], sources[0])
    right = expressions[one.name].get(targets[0], targets[0])
    key = _key(one, right, name_of(name), taken=many if many is not one else None)
    changed = {one.name: _with_entity(one, key)}
    many = changed.get(many.name, many)
    joined = Entity(key.name, EntityType.FOREIGN, _spelled(key.name, left), place=relationship.place)
    return changed | {many.name: _with_entity(many, joined)}, ()


def lost(item: Element, message: str, *, level: Level = Level.WARNING) -> Finding:
    """Something of the document is not in what was made of it."""
    remedy = "Write it into the dbt files that come out, or do without it."
    return FindingCode.INTERCHANGE_LOSS.at(item.place, message, remedy=remedy, level=level)


def assumed(item: Element, message: str) -> Finding:
    """The document leaves something open."""
    remedy = "Check it, and correct the dbt files that come out if it is otherwise."
    return FindingCode.INTERCHANGE_ASSUMED.at(item.place, message, remedy=remedy, level=Level.WARNING)


def _key(model: SemanticModel, expr: str, relationship: str, taken: SemanticModel | None) -> Entity:
    """The entity of the one side; its own name where a second relationship leads there from the same side."""
    names = {one.name for one in taken.elements} if taken else {one.name for one in model.elements}
    for one in model.entities:
        if (one.expr or one.name) == expr and one.name not in names:
            return one
    return Entity(relationship, EntityType.UNIQUE, _spelled(relationship, expr), place=model.place)


def _with_entity(model: SemanticModel, entity: Entity) -> SemanticModel:
    if any(one.name == entity.name for one in model.entities):
        return model
    return replace(model, entities=(*model.entities, entity))


def _keys(dataset: Element, expressions: Mapping[str, str]) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    name = name_of(dataset.text("name"))
    primary = dataset.texts("primary_key")
    alone = [_single(one) for one in dataset.each("unique_keys")]
    keys = [key for key in dict.fromkeys(alone) if key and (key,) != primary]
    unique = tuple(
        Entity(
            f"{name}_{name_of(key)}",
            EntityType.UNIQUE,
            _spelled(f"{name}_{name_of(key)}", expressions.get(key, key)),
            place=dataset.place,
        )
        for key in keys
    )
    if len(primary) != 1:
        return (), unique
    expr = expressions.get(primary[0], primary[0])
    return (Entity(name, EntityType.PRIMARY, _spelled(name, expr), place=dataset.place),), unique


def _single(key: Element) -> str:
    return str(key.value[0]) if isinstance(key.value, list) and len(key.value) == 1 else ""


def _dimension(field: Element, expressions: Mapping[str, str]) -> Dimension:
    name = name_of(field.text("name"))
    kind = DimensionType.TIME if _is_time(field) else DimensionType.CATEGORICAL
    expr = _spelled(name, expressions[field.text("name")])
    return Dimension(name, kind, expr, field.text("description"), place=field.place)


def _is_time(field: Element) -> bool:
    """Points in time that can be cut to a grain: a year as a number has the role, but is none."""
    datatype, role = field.text("datatype"), field.mapping("dimension").get("is_time")
    return role is not False and (datatype in _TEMPORAL or (role is True and datatype not in _PLAIN_TYPES))


def _told(
    dataset: Element, fields: list[Element], expressions: Mapping[str, str], times: list[str]
) -> Iterator[Finding]:
    name = dataset.text("name")
    for field in dataset.elements("fields"):
        if not expressions[field.text("name")]:
            yield lost(
                field, f"The field {name}.{field.text('name')} is left out: no expression of it is read."
            )
    for field in fields:
        if field.mapping("dimension").get("is_time") is True and not _is_time(field):
            told = f"{name}.{field.text('name')} is {field.text('datatype')} in the role of a time"
            yield assumed(field, f"{told}; it is taken as a category.")
        elif _is_time(field):
            yield assumed(field, f"The grain of {name}.{field.text('name')} is not told; it is taken as day.")
    if len(times) > 1:
        yield assumed(dataset, f"Metrics over {name} are counted by {times[0]}, the first of its times.")
    if len(dataset.texts("primary_key")) > 1:
        yield lost(dataset, f"The key of {name} has several columns; nothing joins to it.", level=Level.INFO)


def _regenerated(text: str, dialect: str) -> str:
    tree = sql_tree(text, READ_AS[dialect]) if dialect else None
    return tree.sql("duckdb", comments=False) if tree is not None else ""


def _spelled(name: str, expr: str) -> str:
    return "" if name == expr else expr
