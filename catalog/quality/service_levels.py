"""Service levels that data can be measured against: how fresh a column of points in time must be."""

from collections.abc import Iterator
from typing import Final

from catalog.domain.data_contract import DataContract, Property, SchemaObject, SlaProperty
from catalog.domain.finding import Level
from catalog.domain.finding_code import FindingCode
from catalog.quality.check import Check, Fault, Measure, Unmeasured
from catalog.quality.checks.freshness import Freshness
from catalog.quality.report import Outcome, QualityDimension
from catalog.quality.threshold import Condition, Operator, Threshold, number_text

_MEASURED: Final = {"freshness", "frequency", "latency"}
_UNITS: Final = {
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("h", "hr", "hour", "hours"), "h"),
    **dict.fromkeys(("m", "min", "minute", "minutes"), "m"),
}


def service_level_checks(contract: DataContract) -> Iterator[Check]:
    """One freshness check for each element of a `frequency`, `latency` or `freshness`.

    A level without an element promises something that no column shows: it is skipped, and says so. Other
    service levels are not about the data and give no check.
    """
    for level in contract.sla:
        if level.property in _MEASURED:
            for element in level.element.split(",") or ("",):
                yield _check(contract, level, element.strip())


def _check(contract: DataContract, level: SlaProperty, element: str) -> Check:
    item, declared, limit = _found(contract, level, element)
    measure: Measure | Unmeasured
    if isinstance(limit, Fault):
        measure, limit = _unmeasured(level, element, limit), Threshold()
    else:
        measure = Freshness(declared.column if declared else "", limit.unit)
    return Check(
        id="",
        name=level.property,
        dataset=item.name if item else element.partition(".")[0],
        column=declared.column if declared else element.partition(".")[2],
        dimension=QualityDimension.TIMELINESS,
        severity=Level.ERROR,
        threshold=limit,
        measure=measure,
        place=level.place,
    )


def _found(
    contract: DataContract, level: SlaProperty, element: str
) -> tuple[SchemaObject | None, Property | None, Threshold | Fault]:
    """The object and column of the element, with the age that the level allows."""
    table, _, column = element.partition(".")
    item = contract.object_named(table)
    named = (one for one in (item.properties if item else ()) if column in {one.name, one.column})
    declared = next(named, None)
    if declared is None:
        return item, None, Fault(f"{level.property} names no declared table.column: {element}", "name one")
    return item, declared, _limit(level)


def _limit(level: SlaProperty) -> Threshold | Fault:
    unit = _UNITS.get(level.unit.strip().lower())
    if unit is None:
        return Fault(f"{level.property} has no unit of freshness: {level.unit}", "use d, h or m")
    if isinstance(level.value, bool) or not isinstance(level.value, int | float) or not level.value > 0:
        return Fault(f"{level.property} needs a number above zero", f"write as {number_text(24)} with unit h")
    return Threshold((Condition(Operator.MUST_BE_LESS_OR_EQUAL_TO, (float(level.value),)),), unit)


def _unmeasured(level: SlaProperty, element: str, fault: Fault) -> Unmeasured:
    if not element:
        finding = FindingCode.QUALITY_CHECK_SKIPPED.at(
            level.place,
            f"{level.property} names no element: no column shows whether it is kept.",
            remedy="name table.column as its element to have it measured",
            level=Level.INFO,
        )
        return Unmeasured(Freshness.kind, Outcome.SKIPPED, finding, Freshness.dimension)
    finding = FindingCode.QUALITY_RULE_INVALID.at(level.place, f"{fault.message}.", remedy=fault.remedy)
    return Unmeasured(Freshness.kind, Outcome.ERROR, finding, Freshness.dimension)
