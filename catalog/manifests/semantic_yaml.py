"""Semantic models and metrics (dbt semantic layer YAML) as domain objects."""

from catalog.domain.finding import Finding
from catalog.domain.metric import SemanticManifest
from catalog.manifests.yaml_document import YamlDocument


class SemanticReading:
    """Semantic documents, read one after the other into one manifest."""

    def add(self, document: YamlDocument) -> tuple[Finding, ...]:
        """Read one document."""
        return ()

    def manifest(self) -> tuple[SemanticManifest, tuple[Finding, ...]]:
        """All models and metrics."""
        return SemanticManifest(), ()
