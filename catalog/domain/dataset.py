"""A dataset that SQL may read: named, resolved, pinned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dataset:
    """Files under one relation name.

    `files` are absolute paths inside the declared data root; `format` is `parquet`, `csv` or `json`;
    `fingerprint` (`sha256:…` over names, sizes, times and footers) changes whenever the files do.
    """

    name: str
    format: str
    files: tuple[str, ...]
    fingerprint: str
