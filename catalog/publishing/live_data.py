"""Metrics held against the data of the products that they read, where it can be reached."""

from collections.abc import Iterable, Iterator

from catalog.domain.dataset import Dataset
from catalog.domain.draft import Draft, ProductContent
from catalog.domain.errors import Refused
from catalog.domain.finding import Finding
from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import SemanticModel
from catalog.domain.sql_engine import DataLocator, SqlEngine
from catalog.metrics.live.check import check_live


def live_findings(
    manifest: SemanticManifest,
    drafts: Iterable[Draft],
    *,
    engine: SqlEngine,
    locator: DataLocator,
    deadline_seconds: float,
) -> tuple[Finding, ...]:
    """What the data says against the manifest's models; `drafts` are the products whose data may be read.

    A model without such a product, and a product without data, are judged elsewhere.
    """
    products: dict[str, list[ProductContent]] = {}
    for draft in drafts:
        if isinstance(draft.content, ProductContent):
            products.setdefault(draft.key.qualified_name, []).append(draft.content)
    datasets = {
        model.name: dataset
        for model in manifest.semantic_models
        for dataset in _located(model, products.get(model.product, ()), locator)
    }
    return check_live(manifest, datasets, engine, deadline_seconds=deadline_seconds)


def _located(
    model: SemanticModel, products: Iterable[ProductContent], locator: DataLocator
) -> Iterator[Dataset]:
    for contract in (one for content in products for one in content.contracts):
        item = contract.object_named(model.relation)
        if item is not None:
            try:
                yield locator.locate(contract, item)
            except Refused:
                continue
