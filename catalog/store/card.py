"""What a draft shows of itself in lists, taken from the domain object once, when it is registered."""

from typing import Any

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.metric import Metric
from catalog.store.plain import plain


def card_of(draft: Draft) -> dict[str, Any]:
    """The columns of `drafts` that lists show, filter by and search in; `summary` holds the whole content.

    `type` is the metric's, empty for products. `search` is case-folded.
    """
    content = draft.content
    described = _product(content) if isinstance(content, ProductContent) else _metric(content)
    governance = (
        content.product.governance if isinstance(content, ProductContent) else content.metric.governance
    )
    shown = {"owner": governance.owner, "steward": governance.steward, "tier": governance.tier} | described
    words = [*shown.values(), *_names(content), draft.key.qualified_name]
    return shown | {"search": fold("\n".join(words)), "summary": plain(content)}


def fold(text: str) -> str:
    """Text as it is searched: without case, and without what no database can hold."""
    return text.casefold().replace("\x00", " ")


def _product(content: ProductContent) -> dict[str, str]:
    product = content.product
    return {"title": product.name or product.id, "description": product.purpose, "type": ""}


def _metric(content: MetricContent) -> dict[str, str]:
    metric = content.metric
    return {"title": metric.label or metric.name, "description": metric.description, "type": metric.type}


def _names(content: ProductContent | MetricContent) -> list[str]:
    if isinstance(content, MetricContent):
        return [*_names_of_metric(content.metric), *(one.name for one in content.saved_queries)]
    return [
        *_names_of_product(content.product),
        *(name for one in content.contracts for name in _names_of(one)),
    ]


def _names_of_metric(metric: Metric) -> list[str]:
    return [metric.name, metric.governance.business_goal]


def _names_of_product(product: DataProduct) -> list[str]:
    return [*product.tags, *(port.name for port in product.output_ports)]


def _names_of(contract: DataContract) -> list[str]:
    columns = (column.name for item in contract.schema for column in item.properties)
    return [contract.name, *contract.tags, *(item.name for item in contract.schema), *columns]
