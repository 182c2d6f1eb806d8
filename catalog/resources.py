"""Finds the folders that travel beside the code: in a wheel under `_data`, in a checkout at the top."""

from pathlib import Path


def resource_directory(name: str) -> Path:
    """The folder `policies`, `graphql`, `migrations` or `examples`; raises `FileNotFoundError`."""
    here = Path(__file__).resolve().parent
    for candidate in (here / "_data" / name, here.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name!r} came neither with the package nor with the checkout")
