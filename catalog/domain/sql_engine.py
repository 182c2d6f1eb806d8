"""The port through which every room runs SQL; `engine` implements it behind a fence."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from catalog.domain.cancellation import Cancellation
from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.dataset import Dataset


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """One SELECT over declared datasets.

    `parameters` bind `$1`, `$2`, …; more than `row_limit` rows are cut and marked; `deadline_seconds` is wall
    time, at the end of which the query is killed; `cancellation` ends it before.
    """

    sql: str
    datasets: tuple[Dataset, ...]
    parameters: tuple[object, ...] = ()
    row_limit: int = 10_000
    deadline_seconds: float = 30.0
    cancellation: Cancellation = field(default_factory=Cancellation, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column's name and its type in the engine's own words."""

    name: str
    type: str


class SqlResult(Protocol):
    """What came back; rows are decoded only when asked for."""

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """Names and types in order."""

    @property
    def truncated(self) -> bool:
        """Whether `row_limit` cut the rows."""

    @property
    def arrow_ipc(self) -> bytes:
        """The rows as one Arrow IPC stream."""

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python values."""


class SqlEngine(Protocol):
    """Runs statements of people in isolation.

    Raises `EngineRefused`, `EngineDeadline`, `EngineCancelled`, `EngineMemory`, `EngineLost`, `EngineBusy`, or
    `EngineError` for a statement the engine itself rejects.
    """

    @property
    def version(self) -> str:
        """Name and version, as `duckdb 2.0.0`."""

    def run(self, query: SqlQuery) -> SqlResult:
        """Run one query to its end."""

    def describe(self, dataset: Dataset) -> tuple[ResultColumn, ...]:
        """The dataset's columns with their physical types."""


class DataLocator(Protocol):
    """Finds the data of a contract's object inside the declared root.

    Raises `Refused` with a finding for a path outside the root, a server type that is not served, or no data.
    """

    def locate(self, contract: DataContract, item: SchemaObject) -> Dataset:
        """The dataset behind one schema object, pinned by its fingerprint; its name is the object's name."""
