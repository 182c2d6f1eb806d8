"""What the mesh serves under a name."""

from dataclasses import dataclass

from catalog.domain.draft import Draft
from catalog.domain.identity import AssetKind
from catalog.registry.ports import PublishedVersion


@dataclass(frozen=True, slots=True)
class Offer:
    """A served version with its content."""

    version: PublishedVersion
    draft: Draft


@dataclass(frozen=True, slots=True)
class Asked:
    """The assets of a kind that bear a name, in one domain or in all."""

    kind: AssetKind
    name: str
    domain: str = ""
