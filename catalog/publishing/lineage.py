"""The lineage of a draft, in the words of the contracts that the mesh serves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from catalog.domain.data_contract import SchemaObject
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.lineage import LineageRole, Link, Node
from catalog.lineage.columns import columns_used
from catalog.lineage.graph import in_words_of_contracts, links_of_product
from catalog.metrics.metric_lineage import links_of
from catalog.registry.served import Served

_KEPT = 16_384


@dataclass(frozen=True, slots=True)
class _Content:
    """Drafts never change, so the digest stands for the content."""

    digest: str
    draft: Draft = field(compare=False)


def lineage_of(draft: Draft, served: Sequence[Served]) -> tuple[Link, ...]:
    """What the draft is made from, with everything between it and columns."""
    links = _links(_Content(draft.digest, draft))
    if isinstance(draft.content, ProductContent):
        return links
    return in_words_of_contracts(links, dict(_objects(draft.content, served)))


def columns_of(draft: Draft) -> dict[tuple[str, str], dict[str, LineageRole]]:
    """The columns that a metric uses, each with its strongest role, by product and relation as its models say."""
    found: dict[tuple[str, str], dict[str, LineageRole]] = {}
    for node, role in _used(_Content(draft.digest, draft)).items():
        product, relation, column = node.name.split("/", 2)
        found.setdefault((product, relation), {})[column] = role
    return found


@lru_cache(maxsize=_KEPT)
def _links(content: _Content) -> tuple[Link, ...]:
    asset = content.draft.content
    if isinstance(asset, ProductContent):
        return links_of_product(asset)
    return links_of(asset.metric, asset.closure)


@lru_cache(maxsize=_KEPT)
def _used(content: _Content) -> dict[Node, LineageRole]:
    return columns_used(_links(content), Node.of(content.draft.key))


def _objects(
    content: MetricContent, served: Sequence[Served]
) -> Iterator[tuple[tuple[str, str], SchemaObject]]:
    """The object behind each relation of the metric; where versions differ in its name the last one counts."""
    products = {one.draft.key.qualified_name: one.draft.content for one in served}
    for relation in content.closure.relations:
        product = products.get(relation.product)
        for contract in product.contracts if isinstance(product, ProductContent) else ():
            item = contract.object_named(relation.relation)
            if item is not None:
                yield (relation.product, relation.relation), item
