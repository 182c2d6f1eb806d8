"""Documents to one manifest: each read by its standard, then held against each other."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.document import Document, DocumentKind
from catalog.domain.finding import Finding, blocking
from catalog.domain.metric import SemanticManifest
from catalog.manifests.cross_check import cross_check
from catalog.manifests.json_document import read_json
from catalog.manifests.kind import PROJECT_FILES, kind_of, unknown_kind
from catalog.manifests.loader import FOREIGN, Limit, one_document, read_stream
from catalog.manifests.manifest import Manifest
from catalog.manifests.odcs import data_contract
from catalog.manifests.odps import data_product
from catalog.manifests.semantic_yaml import semantic_manifest, together
from catalog.manifests.serialised import is_serialised, without_nulls
from catalog.manifests.standard import check
from catalog.manifests.yaml_document import YamlDocument


def read(documents: Iterable[Document], limit: Limit = FOREIGN) -> Manifest:
    """The manifest of all documents, with every finding; raises nothing for what documents hold.

    Documents are YAML; one whose path ends in `.json` is a semantic manifest that dbt wrote. The files in which
    dbt keeps a project's own settings hold nothing to read.
    """
    reading = _Reading()
    for document in documents:
        if PurePath(document.path).name not in PROJECT_FILES:
            reading.add(document, limit)
    return reading.manifest()


class _Reading:
    """What has been read so far."""

    def __init__(self) -> None:
        self._documents: list[Document] = []
        self._products: list[DataProduct] = []
        self._contracts: list[DataContract] = []
        self._semantic: list[YamlDocument] = []
        self._ossie: list[SemanticManifest] = []
        self._findings: list[Finding] = []
        self._values: dict[str, object] = {}

    def add(self, document: Document, limit: Limit) -> None:
        """Read one file; only semantic files may hold several documents."""
        self._documents.append(document)
        is_json = document.path.endswith(".json")
        parts, findings = read_json(document, limit) if is_json else read_stream(document, limit)
        parts = tuple(part for part in parts if part.value is not None) or parts[:1]
        if not findings and {kind_of(part.value) for part in parts} != {DocumentKind.SEMANTIC}:
            only, findings = one_document(document, parts)
            parts = (only,) if only else ()
        self._findings += findings
        if parts:
            values = [part.value for part in parts]
            self._values[document.path] = values[0] if len(values) == 1 else values
        for part in parts:
            serialised = is_serialised(part.value)
            self._add(replace(part, value=without_nulls(part.value)) if serialised else part)

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
            case DocumentKind.OSSIE:
                self._keep_ossie(part)

    def _keep_ossie(self, part: YamlDocument) -> None:
        from catalog.manifests.ossie_import import ossie_manifest  # noqa: PLC0415  # few wait for the SQL parser

        manifest, findings = ossie_manifest(part)
        self._findings += findings
        if not blocking(findings):
            self._ossie.append(manifest)

    def manifest(self) -> Manifest:
        """All of it, cross-checked."""
        products, contracts = tuple(self._products), tuple(self._contracts)
        semantic = together([semantic_manifest(self._semantic), *self._ossie])
        crossed = cross_check(products, contracts, semantic.metrics, self._values)
        findings = (*self._findings, *crossed)
        return Manifest(tuple(self._documents), products, contracts, semantic, findings, self._values)
