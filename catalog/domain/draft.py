"""Drafts: immutable, content-addressed, judged before anything is served."""

from dataclasses import dataclass

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.document import Document
from catalog.domain.identity import AssetKey
from catalog.domain.metric import Metric, SavedQuery, SemanticManifest


@dataclass(frozen=True, slots=True)
class ProductContent:
    """A data product with the contracts of its output ports, as far as they came with it."""

    product: DataProduct
    contracts: tuple[DataContract, ...]


@dataclass(frozen=True, slots=True)
class MetricContent:
    """A metric with the semantic models and metrics it is made of, and the saved queries that ask for it."""

    metric: Metric
    closure: SemanticManifest
    saved_queries: tuple[SavedQuery, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """One asset in one version, with the documents it came from.

    `digest` (`sha256:…`) covers the canonical content; two registrations of the same content give the same
    digest. `definition_digest` covers only what decides the number or the promise, not its description.
    """

    key: AssetKey
    version: str
    digest: str
    definition_digest: str
    content: ProductContent | MetricContent
    documents: tuple[Document, ...]
