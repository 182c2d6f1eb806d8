"""What a metric is made of: measures and metrics by name, with their filters, and windows of time."""

from catalog.domain.metric import MetricInput
from catalog.manifests.element import Element


def metric_input(item: Element) -> MetricInput | None:
    """A measure or metric by its name alone or as a mapping; None where nothing is said."""
    if isinstance(item.value, str):
        return MetricInput(item.value, place=item.place)
    if not item.fields:
        return None
    return MetricInput(
        name=item.text("name"),
        filters=filters_of(item),
        alias=item.text("alias"),
        fill_nulls_with=filling(item),
        join_to_timespine=item.flag("join_to_timespine"),
        offset_window=window(item, "offset_window"),
        offset_to_grain=item.text("offset_to_grain"),
        place=item.place,
    )


def metric_inputs(item: Element, key: str) -> tuple[MetricInput, ...]:
    """All inputs of a list."""
    return tuple(one for each in item.each(key) if (one := metric_input(each)))


def filters_of(item: Element, key: str = "filter") -> tuple[str, ...]:
    """A filter as text, as a list, or in MetricFlow's own form with `where_filters`."""
    if key not in item.fields:
        return ()
    declared = item.element(key)
    if isinstance(declared.value, str):
        return tuple(filter(None, (declared.value.strip(),)))
    if "where_sql_template" in declared.fields:
        return tuple(filter(None, (declared.text("where_sql_template").strip(),)))
    each = declared.each("where_filters") or item.each(key)
    return tuple(filter(None, ((one.text("where_sql_template") or one.written).strip() for one in each)))


def filling(item: Element) -> int | None:
    """The number that stands for null; None where there is none."""
    return item.integer("fill_nulls_with") if "fill_nulls_with" in item.fields else None


def window(item: Element, key: str = "window") -> str:
    """`7 days`, which a serialised manifest takes apart."""
    parts = item.element(key)
    return f"{parts.text('count')} {parts.text('granularity')}" if parts.fields else item.text(key)
