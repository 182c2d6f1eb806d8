"""What export to and import from Apache Ossie share: the extension in which our own facts travel.

Ossie has no place for owners, tiers, metric types, filters or grains. Each dataset and metric carries the
dbt form of what it is in `custom_extensions` under our vendor name, sealed with a digest of the standard part
beside it: a document that another tool changed is noticed, never half believed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.domain.document import Document
from catalog.manifests.digest import canonical_json, digest_of
from catalog.manifests.element import Element
from catalog.manifests.loader import read_yaml

VENDOR: Final = "CONCORD"
_EXTENSIONS: Final = "custom_extensions"
# Each of these has its own seal.
_SEALED_APART: Final = ("datasets", "metrics")
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Extension:
    """What our extension says; `stale` where the standard part is no longer what it was sealed with.

    `content` is None for data that cannot be read.
    """

    content: Mapping[str, Any] | None
    stale: bool


def sealed(standard: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The standard part with our extension beside it."""
    data = canonical_json({"content": content, "standard": _seal(standard)}).decode()
    written = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", data)
    return {**standard, _EXTENSIONS: [{"vendor_name": VENDOR, "data": written}]}


def extension_of(item: Element) -> Extension | None:
    """Our extension of a part of a document, None where it has none."""
    ours = [one for one in item.elements(_EXTENSIONS) if one.text("vendor_name") == VENDOR]
    if not ours:
        return None
    data = ours[0].text("data").encode()
    read, faults = read_yaml(Document(item.document.file, data))  # JSON, under the limits of our loader
    value = read.value if read and not faults else None
    content = value.get("content") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(content, dict):
        return Extension(None, stale=False)
    return Extension(content, value.get("standard") != _seal(item.fields))


def others_of(item: Element) -> tuple[str, ...]:
    """The other vendors that say something here; it is not read."""
    names = (one.text("vendor_name") for one in item.elements(_EXTENSIONS))
    return tuple(dict.fromkeys(name for name in names if name != VENDOR))


def _seal(standard: Mapping[str, Any]) -> str:
    apart = {_EXTENSIONS, *_SEALED_APART}
    return digest_of({key: value for key, value in standard.items() if key not in apart})
