"""Pre-aggregations that were built: one for each definition, the newest."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Row, delete, select

from catalog.domain.rollup import BuiltRollup
from catalog.store.tables.rollups import rollups
from catalog.store.transaction import Transaction

_PLAIN: Final = ("definition", "source", "name", "file", "fingerprint", "exact_time", "rows", "built_at")


class StoredRollups:
    """By the digest of what decides their rows."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def of(self, definitions: Iterable[str]) -> tuple[BuiltRollup, ...]:
        """What was built of these definitions, from whatever data."""
        wanted = sorted(set(definitions))
        found = self._transaction.rows(select(rollups).where(rollups.c.definition.in_(wanted)))
        return tuple(map(_built, found)) if wanted else ()

    def put(self, built: BuiltRollup) -> None:
        """Store it in place of what was built before."""
        self._transaction.write(delete(rollups).where(rollups.c.definition == built.definition))
        row = {name: getattr(built, name) for name in _PLAIN} | {"types": [list(one) for one in built.types]}
        self._transaction.add(rollups, row)


def _built(row: Row[Any]) -> BuiltRollup:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return BuiltRollup(**plain, types=tuple((str(name), str(kind)) for name, kind in row.types))
