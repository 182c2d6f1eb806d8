"""A check: what is measured, what it must be, and how much it weighs. Our own small representation.

The envelope is the same for every kind; the `Measure` inside is one typed value per kind (`checks/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from sqlglot import exp

from catalog.domain.finding import Finding, Level, Place
from catalog.quality.report import Outcome, QualityDimension
from catalog.quality.table import Table
from catalog.quality.threshold import Threshold


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a rule cannot become a check, or a check cannot be measured, and what to do about it."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a check asks of the engine.

    `aggregates` join the table's one fused scan. `statement` runs apart, for the given `reason`, and may
    read the objects named in `reads` besides its own. A request with neither is answered by the table's
    description.
    """

    aggregates: Mapping[str, exp.Expr] = field(default_factory=dict)
    statement: str = ""
    reads: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the engine answered: aggregates by the name they were asked under, and the statement's rows."""

    table: Table
    now: datetime
    aggregates: Mapping[str, Any] = field(default_factory=dict)
    answer: tuple[tuple[Any, ...], ...] = ()
    row_count: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """The measured number; None where the data holds nothing to measure, which never passes.

    `note` is one more sentence for people; `samples` and `extra` are what a measure saw without asking the
    engine again.
    """

    value: float | None
    note: str = ""
    samples: tuple[dict[str, Any], ...] = ()
    extra: Finding | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A SELECT of failing rows, masked where protected, without a limit.

    `total` names a column of it that says the same in each row, something about all failing rows. `reads`
    names the objects that it reads besides its own.
    """

    rows: exp.Select
    total: str = ""
    reads: tuple[str, ...] = ()


class Measure(Protocol):
    """One kind of check with its arguments; kind and file in `checks/` have the same name."""

    kind: ClassVar[str]
    metric: ClassVar[str]
    """The ODCS library metric that it serves, empty for none."""
    dimension: ClassVar[QualityDimension]
    """Where the rule declares none."""
    remedy: ClassVar[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be in the data."""

    def request(self, table: Table, /) -> Request | Fault:
        """What to ask of the engine about this table."""

    def measurement(self, observed: Observed) -> Measurement | Fault:
        """The number in what was answered."""

    def evidence(self, table: Table, /) -> Evidence | None:
        """Where to see what fails; None where rows say nothing."""


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """In place of a measure: the rule is for people or for another tool, or it cannot be understood."""

    kind: str
    outcome: Outcome
    finding: Finding
    dimension: QualityDimension = QualityDimension.ACCURACY

    @property
    def columns(self) -> tuple[str, ...]:
        """None: nothing is read."""
        return ()


@dataclass(frozen=True, slots=True)
class Check:
    """One promise about one object; `id` is the same for the same contract in every run."""

    id: str
    name: str
    dataset: str
    column: str
    dimension: QualityDimension
    severity: Level
    threshold: Threshold
    measure: Measure | Unmeasured
    place: Place

    @property
    def kind(self) -> str:
        """The measure's name."""
        return self.measure.kind

    @property
    def subject(self) -> str:
        """`orders.amount (amount is complete)`, as far as column and name are there."""
        place = f"{self.dataset}.{self.column}" if self.column else self.dataset
        return f"{place} ({self.name})" if self.name else place
