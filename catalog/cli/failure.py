"""What to say when something failed that nobody foresaw: a sentence with what helps to report it."""

import traceback
from pathlib import Path

from catalog.domain.errors import CatalogError


def failure(error: Exception) -> CatalogError:
    """The error as one of the catalog's own; of the machine's faults it names the file, of ours the place."""
    if isinstance(error, OSError):
        what = error.strerror or type(error).__name__
        return CatalogError(
            f"{what}: {error.filename}." if error.filename else f"{what}.",
            remedy="make it readable and writable for this user, or name another",
        )
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return CatalogError(
        f"Concord itself failed: {type(error).__name__} at {place}: {error}",
        remedy="please report it; `python -X dev -m catalog.cli.main …` shows the whole trace",
    )
