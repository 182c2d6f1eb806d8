"""A manifest that is to be used by itself has semantic models and metrics."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """What is missing altogether."""
    if not lookup.manifest.semantic_models:
        yield _missing("semantic model", "Describe a relation under semantic_models, or in a model of dbt.")
    if not lookup.metrics:
        yield _missing("metric", "Declare one under metrics, or by create_metric of a measure.")


def _missing(what: str, remedy: str) -> Finding:
    return FindingCode.MANIFEST_INCOMPLETE.found(f"The manifest has no {what}.", remedy=remedy)
