"""What the checks measured."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.domain.finding import Finding, Level


class QualityDimension(StrEnum):
    """ODCS's seven; *validity* is shown beside conformity."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    CONFORMITY = "conformity"
    CONSISTENCY = "consistency"
    COVERAGE = "coverage"
    TIMELINESS = "timeliness"
    UNIQUENESS = "uniqueness"


class Outcome(StrEnum):
    """An error is not a failure, and neither passes."""

    ERROR = "error"
    FAIL = "fail"
    PASS = "pass"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's verdict: measured value against threshold, with masked samples of failing rows.

    `check_id` is stable across runs of the same contract. `measured` is None where nothing was measured.
    `engine_detail` is the engine's own text about an error: it may quote paths and values, so it is for the
    data's owner, never for a door. It is empty where the data has masked columns.
    """

    check_id: str
    name: str
    check: str
    dataset: str
    column: str
    dimension: QualityDimension
    severity: Level
    outcome: Outcome
    measured: float | None
    threshold: str
    row_count: int | None
    samples: tuple[dict[str, Any], ...] = ()
    finding: Finding | None = None
    engine_detail: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this result alone keeps a product from being published."""
        return self.outcome in {Outcome.ERROR, Outcome.FAIL} and self.severity is Level.ERROR


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All results of one run over one draft, with what they were measured on.

    `fingerprints` pairs each dataset's name with its fingerprint; a number served later over other data is
    marked as unverified.
    """

    run_id: str
    results: tuple[CheckResult, ...]
    fingerprints: tuple[tuple[str, str], ...]
    engine: str
    started_at: datetime
    finished_at: datetime
    scans: int = 0

    @property
    def passes(self) -> bool:
        """No error and no failure of error severity."""
        return not any(result.blocks for result in self.results)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks found, in order; what several checks share is told once."""
        found = (result.finding for result in self.results if result.finding is not None)
        return tuple(dict.fromkeys(found))

    def by_dimension(self) -> dict[QualityDimension, tuple[int, int]]:
        """Passed and judged checks per dimension; skipped ones are not judged, errors have not passed.

        A dimension without a judged check is absent, never 100 %.
        """
        measured = Counter(r.dimension for r in self.results if r.outcome is not Outcome.SKIPPED)
        passed = Counter(r.dimension for r in self.results if r.outcome is Outcome.PASS)
        return {dimension: (passed[dimension], measured[dimension]) for dimension in measured}
