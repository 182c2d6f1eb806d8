"""Pre-aggregations as they are declared, and as they were built."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.semantic_model import TimeGranularity


@dataclass(frozen=True, slots=True)
class PreAggregation:
    """Measures of one model, aggregated by dimensions and foreign entities and by one time at a grain."""

    model: str
    name: str
    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    time_dimension: str
    granularity: TimeGranularity

    def __str__(self) -> str:
        """`model.name`."""
        return f"{self.model}.{self.name}"


@dataclass(frozen=True, slots=True)
class BuiltRollup:
    """A pre-aggregation on disk, true for exactly one definition and one state of the data.

    `definition` is a digest of everything that decides its rows, `source` the fingerprint of the data it was
    built from, `fingerprint` that of its own `file`. `types` are the engine's types of what each measure would
    be without it; `exact_time` says that no row's time was cut to the grain.
    """

    definition: str
    source: str
    name: str
    file: str
    fingerprint: str
    types: tuple[tuple[str, str], ...]
    exact_time: bool
    rows: int
    built_at: datetime
