"""One saved query of dbt semantic layer YAML as a domain object."""

from catalog.domain.metric import SavedQuery
from catalog.manifests.element import Element
from catalog.manifests.metric_input_yaml import filters_of


def saved_query(item: Element) -> SavedQuery:
    """The saved query that a mapping under `saved_queries` declares."""
    params = item.element("query_params")
    return SavedQuery(
        name=item.text("name"),
        description=item.text("description"),
        metrics=params.texts("metrics"),
        group_by=params.texts("group_by"),
        where=filters_of(params, "where"),
        order_by=params.texts("order_by"),
        limit=params.integer("limit") if "limit" in params.fields else None,
        exports=tuple(one.text("name") for one in item.elements("exports")),
        place=item.place,
    )
