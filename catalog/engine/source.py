"""Sources: where the data of a contract lies, found under one declared root and nowhere else."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final

from catalog.domain.data_contract import DataContract, SchemaObject, Server
from catalog.domain.dataset import Dataset
from catalog.domain.errors import Refused
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode

_FORMATS: Final = {
    "csv": "csv",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
    "parquet": "parquet",
}
_PRODUCTION: Final = frozenset({"prod", "production"})
_PLACEHOLDER: Final = re.compile(r"\{(?:model|object)\}")
_FOOTER_BYTES: Final = 64 << 10


class RootedLocator:
    """Finds files below `root`; implements `DataLocator`.

    Serves ODCS servers of type `local`, the one of the production environment before the first of others. Its
    `path` is relative to the root: a file, a folder or a glob, with `{object}` or `{model}` for the object's
    physical name.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def locate(self, contract: DataContract, item: SchemaObject) -> Dataset:
        """The dataset behind one schema object; see `DataLocator`."""
        server = _server_of(contract)
        name = item.physical_name or item.name
        template = str(server.options.get("path") or "")
        if not template or (len(contract.schema) > 1 and not _PLACEHOLDER.search(template)):
            raise _unsupported(
                server.place,
                f"The path {template!r} does not serve the contract's {len(contract.schema)} objects.",
                remedy="Write a path, with {object} in it where there are several objects.",
            )
        path = _PLACEHOLDER.sub(lambda _: name, template)
        kind = _format_of(server, path)
        files = self._files(path, kind, server)
        return Dataset(name, kind, tuple(map(str, files)), self._fingerprint(files))

    def verify(self, dataset: Dataset) -> bool:
        """Whether the files are still those that were located.

        Compares names, sizes, times and the last 64 KiB of each file, not every byte.
        """
        try:
            return self._fingerprint(map(Path, dataset.files)) == dataset.fingerprint
        except OSError:
            return False

    def _files(self, path: str, kind: str, server: Server) -> list[Path]:
        relative = PurePath(path)
        if relative.is_absolute() and relative.is_relative_to(self._root):
            relative = relative.relative_to(self._root)
        if relative.is_absolute() or ".." in relative.parts:
            raise _outside(server, path)
        try:
            found = {one.resolve() for one in self._matches(relative, kind)}
        except (OSError, RuntimeError, ValueError):  # a loop of links, or no path at all
            found = set()
        if any(not one.is_relative_to(self._root) for one in found):
            raise _outside(server, path)
        files = sorted(one for one in found if one.is_file())
        if not files:
            remedy = "Deliver the data, or correct the server's path."
            raise _refused(FindingCode.DATA_MISSING.at(server.place, f"No file at {path!r}.", remedy=remedy))
        return files

    def _matches(self, relative: PurePath, kind: str) -> Iterable[Path]:
        exact = self._root / relative
        if exact.is_dir():
            return (one for one in exact.rglob("*") if _FORMATS.get(one.suffix.lstrip(".").lower()) == kind)
        return (exact,) if exact.exists() else self._root.glob(str(relative))

    def _fingerprint(self, files: Iterable[Path]) -> str:
        digest = hashlib.sha256()
        for file in sorted(files):
            facts = file.stat()
            name = file.relative_to(self._root).as_posix()
            digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
            with file.open("rb") as content:
                content.seek(max(0, facts.st_size - _FOOTER_BYTES))
                digest.update(content.read(_FOOTER_BYTES))
        return f"sha256:{digest.hexdigest()}"


def _server_of(contract: DataContract) -> Server:
    local = [server for server in contract.servers if server.type == "local"]
    if not local:
        types = ", ".join(sorted({server.type for server in contract.servers})) or "none"
        raise _unsupported(
            contract.servers[0].place if contract.servers else contract.place,
            f"The contract has no server of type local (it has: {types}).",
            remedy="Add a server of type local with path and format.",
        )
    return next((one for one in local if one.environment.lower() in _PRODUCTION), local[0])


def _format_of(server: Server, path: str) -> str:
    declared = str(server.options.get("format") or PurePath(path).suffix.lstrip(".")).lower()
    if declared not in _FORMATS:
        raise _unsupported(
            server.place,
            f"The format {declared!r} is not read here.",
            remedy=f"Deliver one of {', '.join(sorted(set(_FORMATS.values())))}.",
        )
    return _FORMATS[declared]


def _unsupported(place: Place, message: str, *, remedy: str) -> Refused:
    return _refused(FindingCode.SERVER_UNSUPPORTED.at(place, message, remedy=remedy))


def _outside(server: Server, path: str) -> Refused:
    return _refused(
        FindingCode.PATH_OUTSIDE_ROOT.at(
            server.place,
            f"The path {path!r} leads out of the data root.",
            remedy="Write a path relative to the data root, without .. and without links that leave it.",
        )
    )


def _refused(finding: Finding) -> Refused:
    return Refused("The data of the contract was not located.", findings=[finding])
