"""What is declared but not served yet is said, so that nobody wonders at a refusal."""

from collections.abc import Iterator

from catalog.domain.finding import Finding, Level
from catalog.metrics import support
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import inputs_of


def check(lookup: Lookup) -> Iterator[Finding]:
    """Types of metrics, and features of their inputs; they explain, and do not block."""
    for metric in lookup.manifest.metrics:
        if metric.type not in support.SERVED_TYPES:
            yield support.unsupported_type(metric, Level.INFO)
        for one in (*((metric.measure,) if metric.measure else ()), *inputs_of(metric)):
            yield from support.unsupported_input(metric, one, Level.INFO)
