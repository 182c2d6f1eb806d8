"""A dimension's name means one kind of thing, in whichever model it stands."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Type and partitioning of dimensions that share a name."""
    met: dict[str, tuple[str, Dimension]] = {}
    for model in lookup.manifest.semantic_models:
        for one in model.dimensions:
            where, first = met.setdefault(one.name, (model.name, one))
            if (first.type, first.is_partition) != (one.type, one.is_partition):
                yield FindingCode.DUPLICATE_NAME.at(
                    one.place,
                    f"The dimension {one.name} is {_said(one)} in {model.name} and {_said(first)} in {where}.",
                    remedy="Give both the same type and partitioning, or rename one.",
                )


def _said(one: Dimension) -> str:
    return f"{one.type}{', a partition' if one.is_partition else ''}"
