"""Reading a semantic manifest from files, folders or plain values: the start of the public interface."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from catalog.domain.document import Document
from catalog.domain.errors import Refused
from catalog.domain.metric import SemanticManifest
from catalog.manifests.read import read


def read_semantic_manifest(source: str | Path | Iterable[str | Path] | Mapping[str, Any]) -> SemanticManifest:
    """The semantic models, metrics, time spines and saved queries of YAML files, folders of them, or a mapping.

    A mapping is the content of one dbt file as plain values. Raises `Refused` with all findings where a
    document cannot be read, `OSError` where a file cannot.
    """
    found = read(_documents(source))
    if faults := [one for one in found.findings if one.blocks]:
        raise Refused(faults[0].message, findings=faults)
    return found.semantic


def _documents(source: str | Path | Iterable[str | Path] | Mapping[str, Any]) -> Iterator[Document]:
    if isinstance(source, Mapping):
        yield Document("manifest.yaml", json.dumps(source).encode())
        return
    for path in [source] if isinstance(source, str | Path) else source:
        folder = Path(path)
        files = sorted(folder.rglob("*.y*ml")) if folder.is_dir() else [folder]
        for file in files:
            yield Document(str(file), file.read_bytes())
