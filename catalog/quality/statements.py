"""The statements of one run: counted, and all within one deadline."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.domain.dataset import Dataset
from catalog.domain.errors import EngineDeadline
from catalog.domain.sql_engine import ResultColumn, SqlEngine, SqlQuery


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
        remaining = self._remaining()
        self.scans += counted
        query = SqlQuery(sql, tuple(datasets), row_limit=row_limit, deadline_seconds=remaining)
        return tuple(self.engine.run(query).rows())

    def describe(self, dataset: Dataset) -> tuple[ResultColumn, ...]:
        """The dataset's columns; raises as `rows` does."""
        self._remaining()
        return self.engine.describe(dataset)

    def _remaining(self) -> float:
        seconds = self.deadline_seconds - (time.monotonic() - self._began)
        if seconds <= 0:
            raise EngineDeadline("The quality run has used up its time.")
        return seconds
