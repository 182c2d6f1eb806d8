"""The kinds of checks, one per file; a kind, its file and its name in results are the same word."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.check import Fault, Measure
from catalog.quality.checks import duplicate_values, invalid_values, missing_values, null_values, row_count

Reader = Callable[[Mapping[str, Any], SchemaObject, Property | None], Measure | Fault]

METRICS: Final[Mapping[str, Reader]] = {
    "duplicateValues": duplicate_values.read,
    "invalidValues": invalid_values.read,
    "missingValues": missing_values.read,
    "nullValues": null_values.read,
    "rowCount": row_count.read,
}
"""The library metrics of ODCS, each with what reads its arguments."""
