"""Which revision a store is at, and which one this version needs: asked at every start, so read without Alembic."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, column, inspect, select, table

from catalog.domain.errors import StoreSchemaOutdated
from catalog.resources import resource_directory
from catalog.store.database import Database, read_url
from catalog.store.faults import translated

_NAMED: Final = re.compile(r'^(down_revision|revision) = "(\w+)"$', re.MULTILINE)
_VERSION: Final = table("alembic_version", column("version_num"))


def current(url: str) -> str:
    """The revision that the database is at, empty where it has none; nothing is created by asking."""
    location = read_url(url)
    if location.get_backend_name() == "sqlite" and not Path(location.database or "").exists():
        return ""
    with connected(url, read_only=True) as connection, translated():
        if not inspect(connection).has_table(_VERSION.name):
            return ""
        return " and ".join(sorted(connection.execute(select(_VERSION)).scalars()))


def newest() -> str:
    """The revision that this version of the catalog needs: the one that no other follows."""
    followed, found = set[str](), set[str]()
    for file in (resource_directory("migrations") / "versions").glob("*.py"):
        for kind, name in _NAMED.findall(file.read_text(encoding="utf-8")):
            (found if kind == "revision" else followed).add(name)
    return " and ".join(sorted(found - followed))


def require_current(url: str) -> None:
    """Raise `StoreSchemaOutdated` unless the database is at the revision that this version needs."""
    found, needed = current(url), newest()
    if found != needed:
        raise StoreSchemaOutdated(
            f"The store's schema is at {found or 'no revision'}, this version needs {needed}.",
            remedy="run `concord db upgrade`",
        )


@contextmanager
def connected(url: str, *, read_only: bool) -> Iterator[Connection]:
    """A connection of its own, closed with its pools at the end."""
    database = Database(url)
    try:
        with database.connect(read_only=read_only) as connection:
            yield connection
    finally:
        database.close()
