"""Documents to one manifest: each read by its standard, then held against each other."""

from collections.abc import Iterable

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.document import Document, DocumentKind
from catalog.domain.finding import Finding, blocking
from catalog.manifests.cross_check import cross_check
from catalog.manifests.kind import kind_of, unknown_kind
from catalog.manifests.loader import one_document, read_stream
from catalog.manifests.manifest import Manifest
from catalog.manifests.odcs import data_contract
from catalog.manifests.odps import data_product
from catalog.manifests.semantic_yaml import semantic_manifest
from catalog.manifests.standard import check
from catalog.manifests.yaml_document import YamlDocument


def read(documents: Iterable[Document]) -> Manifest:
    """The manifest of all documents, with every finding; raises nothing for what documents hold."""
    reading = _Reading()
    for document in documents:
        reading.add(document)
    return reading.manifest()


class _Reading:
    """What has been read so far."""

    def __init__(self) -> None:
        self._documents: list[Document] = []
        self._products: list[DataProduct] = []
        self._contracts: list[DataContract] = []
        self._semantic: list[YamlDocument] = []
        self._findings: list[Finding] = []
        self._values: dict[str, object] = {}

    def add(self, document: Document) -> None:
        """Read one file; only semantic files may hold several documents."""
        self._documents.append(document)
        parts, findings = read_stream(document)
        parts = tuple(part for part in parts if part.value is not None) or parts[:1]
        if not findings and {kind_of(part.value) for part in parts} != {DocumentKind.SEMANTIC}:
            only, findings = one_document(document, parts)
            parts = (only,) if only else ()
        self._findings += findings
        if parts:
            values = [part.value for part in parts]
            self._values[document.path] = values[0] if len(values) == 1 else values
        for part in parts:
            self._add(part)

    def _add(self, part: YamlDocument) -> None:
        kind = kind_of(part.value)
        if kind is None:
            self._findings.append(unknown_kind(part.value, part.place("")))
            return
        findings = check(part, kind)
        self._findings += findings
        if not blocking(findings):
            self._keep(part, kind)

    def _keep(self, part: YamlDocument, kind: DocumentKind) -> None:
        match kind:
            case DocumentKind.DATA_PRODUCT:
                self._products.append(data_product(part))
            case DocumentKind.DATA_CONTRACT:
                self._contracts.append(data_contract(part))
            case DocumentKind.SEMANTIC:
                self._semantic.append(part)

    def manifest(self) -> Manifest:
        """All of it, cross-checked."""
        products, contracts = tuple(self._products), tuple(self._contracts)
        semantic = semantic_manifest(self._semantic)
        crossed = cross_check(products, contracts, semantic.metrics, self._values)
        findings = (*self._findings, *crossed)
        return Manifest(tuple(self._documents), products, contracts, semantic, findings, self._values)
