"""From a contract to its checks: every declared rule, service level and implied promise, each exactly once.

Nothing is skipped silently: a rule that cannot become a check is an error result with a finding, a rule for
people or for another tool is a skipped one that says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from catalog.domain.data_contract import DataContract, Property, QualityRule, SchemaObject
from catalog.domain.finding import Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import slug
from catalog.quality.check import Check, Fault, Measure, Unmeasured
from catalog.quality.checks import METRICS, sql
from catalog.quality.dimension import dimension_named
from catalog.quality.implied import implied_by_object, implied_by_property, implied_by_relationships
from catalog.quality.report import Outcome, QualityDimension
from catalog.quality.service_levels import service_level_checks
from catalog.quality.threshold import Threshold, read_conditions

_COUNTED_ABSOLUTELY = {"row_count"}


def checks_of(contract: DataContract, others: Sequence[DataContract] = ()) -> tuple[Check, ...]:
    """All checks of the contract, objects in their order, service levels last.

    References are resolved in the contract and then in `others`.

    Ids are unique within the contract: `<contract>/<object>.<column>.<kind>.<name>`, numbered where rules are
    alike. An implied check that a rule states in the same words is left out.
    """
    declared = [check for item in contract.schema for check in _declared(item)]
    stated = list(map(_promise, declared))
    implied = [
        check
        for item in contract.schema
        for check in _implied(item, (contract, *others))
        if _promise(check) not in stated
    ]
    order = {item.name: position for position, item in enumerate(contract.schema)}
    by_object = sorted((*implied, *declared), key=lambda check: order[check.dataset])
    return tuple(_identified(contract, (*by_object, *service_level_checks(contract))))


def _promise(check: Check) -> tuple[object, ...]:
    return check.dataset, check.measure, check.threshold, check.severity


def _implied(item: SchemaObject, contracts: Sequence[DataContract]) -> Iterator[Check]:
    yield from implied_by_object(item)
    for declared in item.properties:
        yield from implied_by_property(item, declared)
    yield from implied_by_relationships(item, contracts)


def _declared(item: SchemaObject) -> Iterator[Check]:
    for rule in item.quality:
        yield _check(rule, item, None)
    for declared in item.properties:
        for rule in declared.quality:
            yield _check(rule, item, declared)
        for rule in _nested(declared):
            yield _refused(rule, item, declared, _NESTED)


_NESTED = Fault("rules inside nested properties are not run", "write a rule of type sql on the object")


def _nested(declared: Property) -> Iterator[QualityRule]:
    for inner in (*declared.properties, *([declared.items] if declared.items else [])):
        yield from inner.quality
        yield from _nested(inner)


def _check(rule: QualityRule, item: SchemaObject, declared: Property | None) -> Check:
    """The rule as a check; where it cannot be one, a check that says why."""
    if rule.type in {"text", "custom"}:
        return _enveloped(rule, item, declared, _for_others(rule))
    measure = _measure(rule, item, declared)
    if isinstance(measure, Fault):
        return _refused(rule, item, declared, measure)
    threshold = _threshold(rule, measure)
    if isinstance(threshold, Fault):
        return _refused(rule, item, declared, threshold)
    if rule.dimension and dimension_named(rule.dimension) is None:
        words = ", ".join(QualityDimension)
        return _refused(rule, item, declared, Fault(f"{rule.dimension} is no dimension", f"use {words}"))
    return replace(_enveloped(rule, item, declared, measure), threshold=threshold)


def _measure(rule: QualityRule, item: SchemaObject, declared: Property | None) -> Measure | Fault:
    if rule.type == "sql":
        return sql.read(rule, item, declared)
    if rule.type not in {"", "library"}:
        return Fault(f"{rule.type} is no type of rule", "use library, sql, text or custom")
    read = METRICS.get(rule.metric)
    if read is None:
        known = ", ".join(sorted(METRICS))
        return Fault(
            f"{rule.metric or 'a rule without a metric'} is no metric of the library", f"use {known}"
        )
    return read(rule.arguments, item, declared)


def _threshold(rule: QualityRule, measure: Measure) -> Threshold | Fault:
    conditions = read_conditions(rule.operators)
    if isinstance(conditions, str):
        return Fault(conditions, "declare one of the standard's mustBe… operators with its numbers")
    if rule.type == "sql":
        unit = "" if rule.unit == "rows" else rule.unit
        return Threshold(conditions, unit) if conditions else Threshold(unit=unit)
    if rule.unit not in {"", "rows", "percent"}:
        return Fault(f"{rule.unit} is no unit of {measure.metric}", "use rows or percent")
    if measure.kind in _COUNTED_ABSOLUTELY and (rule.unit == "percent" or not conditions):
        return Fault(f"{measure.metric} needs a number of rows to compare with", "declare mustBe… in rows")
    unit = rule.unit or "rows"
    return Threshold(conditions, unit) if conditions else Threshold(unit=unit)


def _for_others(rule: QualityRule) -> Unmeasured:
    if rule.type == "text":
        told = "is for people to attest, not for a machine to measure"
    else:
        told = f"is for {rule.engine or 'another tool'}, which the catalog does not run"
    finding = FindingCode.QUALITY_CHECK_SKIPPED.at(
        rule.place,
        f"{rule.name or rule.description or 'The rule'} {told}.",
        remedy="state it as a library metric or as sql to have it measured",
        level=Level.INFO,
    )
    return Unmeasured(rule.type, Outcome.SKIPPED, finding)


def _refused(rule: QualityRule, item: SchemaObject, declared: Property | None, fault: Fault) -> Check:
    finding = FindingCode.QUALITY_RULE_INVALID.at(
        rule.place, f"{fault.message}.", remedy=fault.remedy, level=severity_named(rule.severity)
    )
    kind = rule.metric or rule.type or "library"
    return _enveloped(rule, item, declared, Unmeasured(kind, Outcome.ERROR, finding))


def _enveloped(
    rule: QualityRule, item: SchemaObject, declared: Property | None, measure: Measure | Unmeasured
) -> Check:
    column = declared.column if declared else ", ".join(measure.columns)
    return Check(
        id="",
        name=rule.name,
        dataset=item.name,
        column=column,
        dimension=dimension_named(rule.dimension) or measure.dimension,
        severity=severity_named(rule.severity),
        threshold=Threshold(),
        measure=measure,
        place=rule.place,
    )


def severity_named(word: str) -> Level:
    """ODCS's info, warning and error; no word, and a word that the standard does not know, is an error."""
    return Level(word.strip().lower()) if word.strip().lower() in set(Level) else Level.ERROR


def _identified(contract: DataContract, checks: Iterable[Check]) -> Iterator[Check]:
    taken: set[str] = set()
    for check in checks:
        parts = (check.dataset, check.column.replace(", ", "+"), check.kind, slug(check.name)[:40])
        stem = f"{contract.id}/{'.'.join(part for part in parts if part)}"
        numbered = (f"{stem}.{number}" for number in count(2))
        identity = stem if stem not in taken else next(name for name in numbered if name not in taken)
        taken.add(identity)
        yield replace(check, id=identity)
