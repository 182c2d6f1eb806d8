"""Which standard a document follows, by its own words."""

from difflib import get_close_matches
from typing import Any, Final

from catalog.domain.document import DocumentKind
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.finding_code import FindingCode

_KINDS: Final = {"DataContract": DocumentKind.DATA_CONTRACT, "DataProduct": DocumentKind.DATA_PRODUCT}
_TOP_LEVEL: Final = (
    (DocumentKind.DATA_PRODUCT, frozenset({"inputPorts", "outputPorts", "managementPorts"})),
    (DocumentKind.DATA_CONTRACT, frozenset({"dataProduct", "schema", "servers", "slaProperties"})),
    (
        DocumentKind.SEMANTIC,
        frozenset(
            {
                "metric",
                "metrics",
                "models",
                "project_configuration",
                "saved_queries",
                "saved_query",
                "semantic_model",
                "semantic_models",
                "sources",
            }
        ),
    ),
)


# The settings of a dbt project, which stand beside its documents.
PROJECT_FILES: Final = frozenset(
    f"{name}.{suffix}"
    for name in (
        "dbt_project",
        "profiles",
        "packages",
        "package-lock",
        "dependencies",
        "selectors",
        "catalogs",
    )
    for suffix in ("yml", "yaml")
)

# So much alike that a slip of the pen is more likely than another word: `services` is no `servers`.
_LIKENESS: Final = 0.85


def kind_of(value: Any) -> DocumentKind | None:
    """The kind that `kind` names, or else the one whose top-level fields stand there."""
    if not isinstance(value, dict):
        return None
    if "kind" in value:
        kind = value["kind"]
        return _KINDS.get(kind) if isinstance(kind, str) else None
    if isinstance(value.get("semantic_model"), list):  # MetricFlow's own documents hold one model, no list
        return DocumentKind.OSSIE
    return next((kind for kind, fields in _TOP_LEVEL if fields & value.keys()), None)


def unknown_kind(value: Any, place: Place) -> Finding:
    """Why a document is of no known kind: an error where it seems meant as one, else a warning."""
    known = (*_KINDS, *sorted(set().union(*(fields for _, fields in _TOP_LEVEL))))
    words = [word for word in _words(value) if get_close_matches(word, known, 1, _LIKENESS)]
    meant = bool(words) or (isinstance(value, dict) and bool({"kind", "apiVersion"} & value.keys()))
    hint = f" Did you mean {get_close_matches(words[0], known, 1, _LIKENESS)[0]}?" if words else ""
    return FindingCode.DOCUMENT_KIND_UNKNOWN.at(
        place,
        f"This is neither a data product, a data contract nor semantic models and metrics.{hint}",
        remedy="Write `kind: DataProduct` or `kind: DataContract`, or keep other files out of the folder.",
        level=Level.ERROR if meant else Level.WARNING,
    )


def _words(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    kind = value.get("kind")
    return [*([kind] if isinstance(kind, str) else []), *list(value)[:50]]
