"""Documents against the JSON Schema of their standard."""

from catalog.domain.document import DocumentKind
from catalog.domain.finding import Finding
from catalog.manifests.yaml_document import YamlDocument


def check(document: YamlDocument, kind: DocumentKind) -> tuple[Finding, ...]:
    """Every fault against the declared version of the standard."""
    return ()
