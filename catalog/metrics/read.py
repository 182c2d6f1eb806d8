"""Reading a semantic manifest from files, folders or plain values: the start of the public interface."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from catalog.domain.document import Document
from catalog.domain.errors import Refused
from catalog.domain.metric import SemanticManifest
from catalog.manifests.folder import document_files
from catalog.manifests.loader import OWN
from catalog.manifests.read import read

# A file without any of these words has no semantic model and no metric in any form.
_WORDS: Final = (b"semantic_model", b"metric", b"saved_quer", b"time_spine", b"project_configuration")


def read_semantic_manifest(source: str | Path | Iterable[str | Path] | Mapping[str, Any]) -> SemanticManifest:
    """The semantic models, metrics, time spines and saved queries of files, folders, or a mapping.

    Files are dbt semantic layer YAML in any of its forms, or the `semantic_manifest.json` that dbt writes. Of a
    folder, which may be a whole dbt project, every YAML file that speaks of them is read, and the
    `semantic_manifest.json` directly in it; what dbt makes and installs is left out. A mapping is the content of
    one such file as plain values, or names of files with their text. Raises `Refused` with all findings where a
    document cannot be read, `OSError` where a file cannot.
    """
    found = read(_documents(source), OWN)
    if faults := [one for one in found.findings if one.blocks]:
        raise Refused(faults[0].message, findings=faults)
    return found.semantic


def _documents(source: str | Path | Iterable[str | Path] | Mapping[str, Any]) -> Iterator[Document]:
    if isinstance(source, Mapping):
        yield from _of_mapping(source)
        return
    for path in [source] if isinstance(source, str | Path) else source:
        if not os.path.isdir(path):
            yield Document(str(path), Path(path).read_bytes())
            continue
        for file in document_files(Path(path)):
            if any(word in (data := file.read_bytes()) for word in _WORDS):
                yield Document(str(file), data)


def _of_mapping(source: Mapping[str, Any]) -> Iterator[Document]:
    if source and all(isinstance(text, str | bytes) for text in source.values()):
        for name, text in source.items():
            yield Document(name, text if isinstance(text, bytes) else text.encode())
        return
    try:
        data = json.dumps(source, default=str, allow_nan=False)
    except ValueError as fault:
        raise Refused(f"The mapping holds what is no JSON: {fault}.") from fault
    yield Document("manifest.json", data.encode())
