"""Time spines: dbt models with `time_spine`, and the project configuration that MetricFlow reads."""

from collections.abc import Iterator

from catalog.domain.semantic_model import CustomGranularity, TimeGranularity, TimeSpine
from catalog.manifests.element import Element
from catalog.manifests.governance_yaml import governance


def time_spines(root: Element) -> Iterator[TimeSpine]:
    """The spines that one document declares; of a relation named in both forms the fuller one comes first."""
    for model in root.elements("models"):
        if model.element("time_spine").fields and (spine := _of_model(model)):
            yield spine
    project = root.element("project_configuration")
    for item in project.elements("time_spines"):
        yield _of_project(item)
    for item in project.elements("time_spine_table_configurations"):
        location = item.text("location")
        yield TimeSpine(
            name=location.split(".")[-1],
            relation=location,
            column=item.text("column_name"),
            granularity=_grain(item.text("grain")),
            place=item.place,
        )


def _of_model(model: Element) -> TimeSpine | None:
    """A dbt model; the grain of its standard column stands at the column."""
    spine = model.element("time_spine")
    name, column = model.text("name"), spine.text("standard_granularity_column")
    grains = [one.text("granularity") for one in model.elements("columns") if one.text("name") == column]
    if not name or not column:
        return None
    return TimeSpine(
        name=name,
        relation=name,
        column=column,
        granularity=_grain(next(iter(grains), "")),
        custom_granularities=_custom(spine),
        governance=governance(model),
        place=model.place,
    )


def _of_project(item: Element) -> TimeSpine:
    node, primary = item.element("node_relation"), item.element("primary_column")
    parts = (node.text("database"), node.text("schema_name"), node.text("alias"))
    return TimeSpine(
        name=node.text("alias"),
        relation=".".join(filter(None, parts)),
        column=primary.text("name"),
        granularity=_grain(primary.text("time_granularity")),
        custom_granularities=_custom(item),
        governance=governance(item),
        place=item.place,
    )


def _custom(item: Element) -> tuple[CustomGranularity, ...]:
    each = item.elements("custom_granularities")
    return tuple(
        CustomGranularity(one.text("name").lower(), one.text("column_name") or one.text("name"))
        for one in each
    )


def _grain(text: str) -> TimeGranularity:
    word = text.strip().lower()
    return TimeGranularity(word) if word in set(TimeGranularity) else TimeGranularity.DAY
