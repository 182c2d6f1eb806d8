"""A document as its authors wrote it: bytes, never changed."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class DocumentKind(StrEnum):
    """Which standard a document follows."""

    DATA_CONTRACT = "odcs"
    DATA_PRODUCT = "odps"
    OSSIE = "ossie"
    SEMANTIC = "semantic"


@dataclass(frozen=True)  # no slots: the digest is kept
class Document:
    """`path` is relative to the registered folder and names the document in findings."""

    path: str
    data: bytes

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the bytes."""
        return "sha256:" + hashlib.sha256(self.data).hexdigest()
