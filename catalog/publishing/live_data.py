"""Metrics held against the data of the products that they read, where it can be reached."""

from collections.abc import Iterable, Iterator

from catalog.domain.dataset import Dataset
from catalog.domain.draft import Draft, ProductContent
from catalog.domain.errors import Refused
from catalog.domain.finding import Finding
from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import SemanticModel, TimeSpine
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
    """What the data says against the manifest's models and time spines.

    `drafts` are the products whose data may be read. A relation without such a product, and a product without
    data, are judged elsewhere.
    """
    products: dict[str, list[ProductContent]] = {}
    for draft in drafts:
        if isinstance(draft.content, ProductContent):
            products.setdefault(draft.key.qualified_name, []).append(draft.content)
    models, spines = (
        {
            one.name: dataset
            for one in relations
            for dataset in _located(one, products.get(one.product, ()), locator)
        }
        for relations in (manifest.semantic_models, manifest.time_spines)
    )
    return check_live(manifest, models, engine, deadline_seconds=deadline_seconds, spines=spines)


def _located(
    one: SemanticModel | TimeSpine, products: Iterable[ProductContent], locator: DataLocator
) -> Iterator[Dataset]:
    for contract in (one for content in products for one in content.contracts):
        item = contract.object_named(one.relation)
        if item is not None:
            try:
                yield locator.locate(contract, item)
            except Refused:
                continue
