"""Domains as the schema shows them."""

import strawberry

from catalog.store.projections.domains import DomainRow


@strawberry.type(description="A domain with the number of assets that can be seen in it.")
class Domain:
    """A part of the organisation that owns its data."""

    name: str
    data_products: int
    metrics: int


def domain_of(row: DomainRow) -> Domain:
    """The domain as the schema shows it."""
    return Domain(name=row.name, data_products=row.data_products, metrics=row.metrics)
