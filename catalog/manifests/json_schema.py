"""The JSON Schemas of the standards, compiled when first needed.

They are data in `schemas/`: the newest version whole, each older one as a merge patch (RFC 7396) on the next
newer. A keyword `remedy` of our own says what mends a part that is not valid.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from catalog.domain.document import DocumentKind

_FOLDER: Final = Path(__file__).resolve().parent / "schemas"

# What a tool wrote, which is no version that a document declares.
SERIALISED: Final = "serialised"

# Versions from the newest to the oldest; each file after the first patches the one before it.
VERSIONS: Final[Mapping[DocumentKind, Mapping[str, str]]] = {
    DocumentKind.DATA_CONTRACT: {
        "v3.2.0": "odcs-3.2.json",
        "v3.1.0": "odcs-3.1.patch.json",
        "v3.0.2": "odcs-3.0.2.patch.json",
        "v3.0.1": "odcs-3.0.1.patch.json",
        "v3.0.0": "odcs-3.0.0.patch.json",
    },
    DocumentKind.DATA_PRODUCT: {"v1.0.0": "odps-1.0.json", "v0.9.0": "odps-0.9.patch.json"},
    DocumentKind.OSSIE: {"0.2.0.dev0": "ossie-0.2.0.dev0.json", "0.1.1": "ossie-0.1.1.patch.json"},
    DocumentKind.SEMANTIC: {"": "dbt-semantic.json", SERIALISED: "semantic-manifest.patch.json"},
}


def newest(kind: DocumentKind) -> str:
    """The newest version of a standard that is read."""
    return next(iter(VERSIONS[kind]))


@cache
def schema(kind: DocumentKind, version: str) -> Any:
    """The JSON Schema of one version, as plain values."""
    versions = list(VERSIONS[kind])
    content = json.loads((_FOLDER / VERSIONS[kind][version]).read_text(encoding="utf-8"))
    position = versions.index(version)
    return merged(schema(kind, versions[position - 1]), content) if position else content


@cache
def validator(kind: DocumentKind, version: str) -> jsonschema_rs.Validator:
    """The compiled schema of one version."""
    return jsonschema_rs.validator_for(schema(kind, version))


def merged(target: Any, patch: Any) -> Any:
    """A JSON merge patch applied (RFC 7396); neither argument is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result
