"""The inputs of a derived metric have names of their own, which its expression uses."""

from collections import Counter
from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import MetricType
from catalog.metrics.lookup import Lookup
from catalog.metrics.validations.name_syntax import name_faults


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every derived metric: an alias is a name, and neither an input's nor given twice."""
    for metric in lookup.manifest.metrics:
        if metric.type is not MetricType.DERIVED:
            continue
        aliases = Counter(one.alias for one in metric.inputs if one.alias)
        names = {one.name for one in metric.inputs}
        for alias, times in aliases.items():
            yield from name_faults(alias, metric.place)
            if times > 1 or alias in names:
                yield FindingCode.DUPLICATE_NAME.at(
                    metric.place,
                    f"The alias {alias} in {metric.name} is the name of another input too.",
                    remedy="Give each input an alias of its own.",
                )
