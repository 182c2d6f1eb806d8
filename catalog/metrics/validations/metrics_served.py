"""What is declared but not served is said, so that nobody wonders at a refusal."""

from collections.abc import Iterator
from dataclasses import replace

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import MetricType
from catalog.metrics.declared_time import cumulative_step, offset_step, read_conversion
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import inputs_of


def check(lookup: Lookup) -> Iterator[Finding]:
    """Windows and offsets of metrics; what is right but not served explains, and does not block.

    A window of a grain that nobody declares is an error.
    """
    for metric in lookup.manifest.metrics:
        read: list[object] = [offset_step(metric, one, lookup) for one in inputs_of(metric)]
        if metric.type is MetricType.CUMULATIVE:
            read.append(cumulative_step(metric))
        if metric.type is MetricType.CONVERSION and metric.params.get("conversion_type_params"):
            read.append(read_conversion(metric, lookup))
        for found in (one for one in read if isinstance(one, Finding)):
            unserved = found.code == FindingCode.METRIC_FEATURE_UNSUPPORTED.name
            custom = any(name in found.message for name in lookup.custom_grains)
            yield replace(found, level=Level.INFO) if unserved and custom else found
