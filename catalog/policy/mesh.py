"""What a draft is compared with: columns, metrics and products that the mesh already serves."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from catalog.domain.data_contract import DataContract, Property, QualityRule
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.identity import AssetKey, AssetKind
from catalog.policy.policy_view import MeshView

_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True, order=True)
class ServedColumn:
    """A column's logical type in one served product; several versions may disagree."""

    product: str
    logical_type: str


@dataclass(frozen=True, slots=True, order=True)
class ServedMetric:
    """A metric as one domain governs it."""

    domain: str
    name: str
    version: str
    owner: str
    definition_digest: str


@dataclass(frozen=True, slots=True)
class MeshFacts:
    """Served columns by normal name, metrics by lower-case name, and the qualified names of products."""

    columns: Mapping[str, tuple[ServedColumn, ...]] = field(default_factory=dict)
    metrics: Mapping[str, tuple[ServedMetric, ...]] = field(default_factory=dict)
    products: frozenset[str] = frozenset()

    def beside(self, key: AssetKey, columns: Iterable[str], products: Iterable[str]) -> MeshView:
        """What concerns one draft, as the view shows it; the draft's own served versions are left out."""
        metrics = self.metrics.get(key.name.lower(), ()) if key.kind is AssetKind.METRIC else ()
        return {
            "columns": {
                name: [
                    {"product": one.product, "logicalType": one.logical_type}
                    for one in self.columns[name]
                    if one.product != key.qualified_name
                ]
                for name in columns
                if name in self.columns
            },
            "metrics": [
                {
                    "domain": one.domain,
                    "name": one.name,
                    "version": one.version,
                    "owner": one.owner,
                    "definitionDigest": one.definition_digest,
                }
                for one in metrics
                if one.domain != key.domain
            ],
            "products": sorted(self.products.intersection(products)),
        }


def mesh_facts(served: Iterable[Draft]) -> MeshFacts:
    """The facts of everything that is served, once for many decisions."""
    columns: dict[str, set[ServedColumn]] = {}
    metrics: dict[str, set[ServedMetric]] = {}
    products: set[str] = set()
    for draft in served:
        match draft.content:
            case ProductContent(contracts=contracts):
                products.add(draft.key.qualified_name)
                for name, logical_type in _typed_columns(contracts):
                    column = ServedColumn(draft.key.qualified_name, logical_type)
                    columns.setdefault(normal_name(name), set()).add(column)
            case MetricContent(metric=metric):
                one = ServedMetric(
                    draft.key.domain,
                    metric.name,
                    draft.version,
                    metric.governance.owner,
                    draft.definition_digest,
                )
                metrics.setdefault(metric.name.lower(), set()).add(one)
    return MeshFacts(
        {name: tuple(sorted(found)) for name, found in columns.items()},
        {name: tuple(sorted(governed)) for name, governed in metrics.items()},
        frozenset(products),
    )


@lru_cache(maxsize=16_384)
def normal_name(name: str) -> str:
    """A column's name in snake_case, under which `zipCode` and `ZIP_CODE` are one."""
    return _WORD_START.sub("_", name).lower()


def columns_of(contract: DataContract) -> Iterator[tuple[str, str, Property]]:
    """Every column as (object, dotted name, property); what nests in a column follows it."""
    for item in contract.schema:
        for column in item.properties:
            yield from _nested(item.name, "", column)


def checks_of(contract: DataContract) -> Iterator[QualityRule]:
    """Every quality rule: each object's own, then those of all columns."""
    for item in contract.schema:
        yield from item.quality
    for _, _, column in columns_of(contract):
        yield from column.quality


def _nested(item: str, prefix: str, column: Property) -> Iterator[tuple[str, str, Property]]:
    name = prefix + column.name
    yield item, name, column
    for child in column.properties:
        yield from _nested(item, f"{name}.", child)
    if column.items is not None:
        for child in column.items.properties:
            yield from _nested(item, f"{name}.", child)


def _typed_columns(contracts: Iterable[DataContract]) -> Iterator[tuple[str, str]]:
    for contract in contracts:
        yield from (
            (name, column.logical_type) for _, name, column in columns_of(contract) if column.logical_type
        )
