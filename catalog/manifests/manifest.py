"""What a set of documents says, all together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.document import Document
from catalog.domain.finding import Finding
from catalog.domain.metric import SemanticManifest


@dataclass(frozen=True, slots=True)
class Manifest:
    """Documents with what was read out of them, and every fault found on the way.

    `values` maps a document's path to its plain value (a list of values for a semantic file of several
    documents). A document with a blocking finding adds no product, contract, model or metric.
    """

    documents: tuple[Document, ...] = ()
    products: tuple[DataProduct, ...] = ()
    contracts: tuple[DataContract, ...] = ()
    semantic: SemanticManifest = field(default_factory=SemanticManifest)
    findings: tuple[Finding, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
