"""What documents say about each other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric


def cross_check(
    products: tuple[DataProduct, ...],
    contracts: tuple[DataContract, ...],
    metrics: tuple[Metric, ...],
    values: Mapping[str, Any],
) -> tuple[Finding, ...]:
    """Names given twice, and contracts of output ports that are not there.

    `values` are all documents' plain values: a contract that was refused is still there.
    """
    return (
        *_twice("data product id", ((item.id, item.place) for item in products)),
        *_twice("data product", ((item.key.qualified_name, item.place) for item in products)),
        *_twice("data contract id", ((item.id, item.place) for item in contracts)),
        *_twice("metric", ((item.key.qualified_name, item.place) for item in metrics)),
        *_missing_contracts(products, _declared_ids(values)),
    )


def _twice(what: str, named: Iterable[tuple[str, Place]]) -> Iterator[Finding]:
    first: dict[str, Place] = {}
    for name, place in named:
        if name not in first:
            first[name] = place
            continue
        yield FindingCode.DUPLICATE_NAME.at(
            place,
            f"The {what} {name!r} is already taken by {first[name]}.",
            remedy="Give each its own, or remove one of the two documents.",
        )


def _missing_contracts(products: tuple[DataProduct, ...], declared: frozenset[str]) -> Iterator[Finding]:
    for product in products:
        for port in product.output_ports:
            if port.contract_id and port.contract_id not in declared:
                yield FindingCode.CONTRACT_MISSING.at(
                    port.place,
                    f"Output port {port.name!r} names contract {port.contract_id!r}, which is not here.",
                    remedy="Put the contract's document beside the product's.",
                    level=Level.WARNING,
                )


def _declared_ids(values: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        str(value["id"])
        for value in values.values()
        if isinstance(value, dict) and value.get("kind") == "DataContract" and "id" in value
    )
