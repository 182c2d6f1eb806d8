"""The statements of one run: counted, and all within one deadline."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.domain.dataset import Dataset
from catalog.domain.errors import EngineDeadline
from catalog.domain.sql_engine import SqlEngine, SqlQuery


@dataclass(slots=True)
class Statements:
    """Runs SELECTs on the engine until the run's time is over.

    `scans` counts the statements that read rows; what file metadata answers is not counted.
    """

    engine: SqlEngine
    deadline_seconds: float
    scans: int = 0
    _began: float = field(default_factory=time.monotonic)

    def rows(
        self, sql: str, datasets: Sequence[Dataset], *, row_limit: int, counted: bool = True
    ) -> tuple[tuple[Any, ...], ...]:
        """The rows of one statement; raises what the engine raises, `EngineDeadline` when time is over."""
        remaining = self.deadline_seconds - (time.monotonic() - self._began)
        if remaining <= 0:
            raise EngineDeadline("The quality run has used up its time.")
        self.scans += counted
        query = SqlQuery(sql, tuple(datasets), row_limit=row_limit, deadline_seconds=remaining)
        return tuple(self.engine.run(query).rows())
