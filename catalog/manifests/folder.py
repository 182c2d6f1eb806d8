"""The documents of a folder, as a domain team keeps them in its repository."""

import os
from pathlib import Path
from typing import Final

from catalog.domain.document import Document
from catalog.domain.errors import Refused
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.manifests.loader import MAX_BYTES

SUFFIXES: Final = frozenset({".yaml", ".yml"})
# What dbt writes of a whole project; read where it is put beside the documents, not where dbt makes it.
SERIALISED: Final = "semantic_manifest.json"
# What dbt makes and installs; the words of a project's own documents stand elsewhere.
_MADE: Final = frozenset({"target", "dbt_packages", "dbt_modules", "logs", "node_modules"})
MAX_DOCUMENTS: Final = 10_000


def read_folder(root: Path) -> tuple[Document, ...]:
    """The documents under `root`, by path.

    Paths are relative to `root`, with `/`. Of a file that is too large only so much is read as the loader
    needs to refuse it. Raises `Refused` with all findings for a root that is no folder, for symlinks that
    leave it, for files that cannot be read, and for more than 10,000 documents.
    """
    base = root.resolve()
    if not base.is_dir():
        raise Refused(findings=[_fault("", f"{root} is no folder.", "Name a folder of documents.")])
    documents: list[Document] = []
    findings: list[Finding] = []
    for path in document_files(root):
        if len(documents) == MAX_DOCUMENTS:
            findings.append(_fault("", f"More than {MAX_DOCUMENTS:,} documents.", "Split the folder."))
            break
        found = _read(path, base, path.relative_to(root).as_posix())
        if isinstance(found, Document):
            documents.append(found)
        else:
            findings.append(found)
    if findings:
        raise Refused(f"The documents of {root} cannot be read.", findings=findings)
    return tuple(documents)


def document_files(root: Path) -> list[Path]:
    """Every `*.yaml` and `*.yml` under `root`, and the `semantic_manifest.json` in it, by path.

    Linked folders are not entered; what begins with a dot, and what dbt makes and installs, is left out.
    """
    found = [path for path in [root / SERIALISED] if os.path.lexists(path)]
    for here, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _MADE]
        paths = [Path(here, name) for name in names if not name.startswith(".")]
        found += [path for path in paths if path.suffix in SUFFIXES]
    return sorted(found)


def _read(path: Path, base: Path, name: str) -> Document | Finding:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(base):
            return _fault(name, "The link leads out of the folder.", "Put the document itself here.")
        if not real.is_file():
            return _fault(name, "This is no regular file.", "Put a document here, or rename it.")
        with real.open("rb") as file:
            return Document(name, file.read(MAX_BYTES + 1))
    except (OSError, RuntimeError) as fault:
        reason = getattr(fault, "strerror", None) or "a circle of links"
        return _fault(name, f"The file cannot be read: {reason}.", "Make the file readable.")


def _fault(name: str, message: str, remedy: str) -> Finding:
    return FindingCode.DOCUMENT_UNREADABLE.at(Place(name), message, remedy=remedy)
