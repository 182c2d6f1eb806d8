"""Evidence: a few failing rows, masked by the engine where protected, as values any document can hold."""

import math
from dataclasses import dataclass
from typing import Any, Final

from catalog.domain.errors import EngineError
from catalog.quality.check import Evidence, Fault, Measure
from catalog.quality.execute import Execution
from catalog.quality.table import Table

SAMPLE_ROWS: Final = 5
_LONGEST_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class Samples:
    """Failing rows by column name, and one sentence about all of them."""

    rows: tuple[dict[str, Any], ...] = ()
    note: str = ""


def collect(measure: Measure, table: Table, execution: Execution) -> Samples:
    """Up to five failing rows of a failed check; none where rows say nothing, or the engine gives none.

    The verdict stands without them, so an engine error here is not the check's.
    """
    evidence = measure.evidence(table)
    if evidence is None:
        return Samples()
    sql = evidence.rows.limit(SAMPLE_ROWS).sql("duckdb")
    found = execution.rows(sql, table.dataset, evidence.reads, row_limit=SAMPLE_ROWS)
    if isinstance(found, Fault | EngineError):
        return Samples(note="Failing rows could not be read.")
    return _samples(evidence, found)


def _samples(evidence: Evidence, found: tuple[tuple[Any, ...], ...]) -> Samples:
    names = evidence.rows.named_selects
    rows = [dict(zip(names, map(_plain, row), strict=True)) for row in found]
    totals = [row.pop(evidence.total) for row in rows] if evidence.total else []
    return Samples(tuple(rows), f"{totals[0]} {evidence.total}." if totals else "")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    text = str(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
