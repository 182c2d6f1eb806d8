"""Databases that are ready before they are asked for: what was shown to the last queries, and fresh ones.

A database is used again only for exactly the datasets that it was shown, by name, file and fingerprint. What
one query leaves there is what every other of these datasets may see: nothing but the relations themselves.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, Final

from catalog.domain.dataset import Dataset
from catalog.engine.duckdb import Database
from catalog.engine.limit import Limits

_FRESH: Final = 2
_SHOWN: Final = 4


class WarmDatabases:
    """The databases of one child, and a parser that is shown nothing."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser = Database(limits)
        self._fresh = deque(Database(limits) for _ in range(_FRESH))
        self._shown: OrderedDict[tuple[Dataset, ...], Database] = OrderedDict()

    def tree(self, sql: str) -> dict[str, Any]:
        """The engine's own syntax tree of `sql`, or its syntax error."""
        return self._parser.tree(sql)

    def showing(self, datasets: tuple[Dataset, ...]) -> Database:
        """A locked database that shows these datasets and nothing else.

        Files without a fingerprint may have changed, so that a database with them is never used again.
        """
        pinned = all(one.fingerprint for one in datasets)
        known = self._shown.pop(datasets, None) if pinned else None
        database = known or self._opened(datasets)
        self._shown[datasets] = database
        if not known:
            database.show(datasets)
        return database

    def prepare(self, is_wanted: Callable[[], bool]) -> None:
        """Close what is too much and open what comes next, until somebody waits for it."""
        while len(self._shown) > _SHOWN:
            self._shown.popitem(last=False)[1].close()
        if self._shown and not is_wanted():
            self._shown[next(reversed(self._shown))].prepare()
        while len(self._fresh) < _FRESH and not (self._fresh and is_wanted()):
            self._fresh.append(Database(self._limits))

    def forget(self) -> None:
        """Close everything that was shown: after a fault nobody knows what it holds of the memory."""
        for database in self._shown.values():
            database.close()
        self._shown.clear()

    def _opened(self, datasets: tuple[Dataset, ...]) -> Database:
        if datasets in self._shown:
            self._shown.pop(datasets).close()
        return self._fresh.popleft() if self._fresh else Database(self._limits)
