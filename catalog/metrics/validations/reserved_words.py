"""Names that reach SQL as they are written are no words of SQL."""

from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.metrics.lookup import Lookup

# Reserved in every engine that metrics are written for.
WORDS: Final = frozenset(
    [
        "and",
        "as",
        "create",
        "distinct",
        "for",
        "from",
        "full",
        "having",
        "in",
        "inner",
        "into",
        "is",
        "join",
        "left",
        "like",
        "natural",
        "not",
        "null",
        "on",
        "or",
        "right",
        "select",
        "union",
        "using",
        "where",
        "with",
    ]
)


def check(lookup: Lookup) -> Iterator[Finding]:
    """Names of dimensions, entities and measures, and the parts of a relation's name."""
    for name, place in _named(lookup):
        if name.lower() in WORDS:
            yield FindingCode.NAME_INVALID.at(
                place, f"{name} is a word of SQL.", remedy="Choose another name; expr may name the column."
            )


def _named(lookup: Lookup) -> Iterator[tuple[str, Place]]:
    for model in lookup.manifest.semantic_models:
        yield from ((part, model.place) for part in model.relation.split("."))
        yield from ((one.name, one.place) for one in model.elements)
        yield from ((one.name, one.place) for one in model.measures if not one.metric)
