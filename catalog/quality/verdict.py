"""From a measurement, or the want of one, to a check's result with its finding."""

from collections.abc import Callable
from dataclasses import replace

from catalog.domain.errors import EngineError
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.quality.check import Check, Fault, Measurement, Unmeasured
from catalog.quality.evidence import Samples
from catalog.quality.report import CheckResult, Outcome
from catalog.quality.threshold import number_text


def judged(
    check: Check, measurement: Measurement, row_count: int | None, failing_rows: Callable[[], Samples]
) -> CheckResult:
    """The promise is kept or broken; where there was nothing to measure it is broken.

    `failing_rows` is asked only for a broken promise.
    """
    value = _in_unit(check, measurement, row_count)
    if value is not None and check.threshold.holds(value):
        samples = Samples(measurement.samples)
        return _result(check, Outcome.PASS, measurement.extra, value, row_count=row_count, samples=samples)
    samples = failing_rows()
    notes = (_told(check, measurement, value, row_count), measurement.note, samples.note)
    remedy = "" if isinstance(check.measure, Unmeasured) else check.measure.remedy
    message = " ".join(note for note in notes if note)
    finding = FindingCode.QUALITY_CHECK_FAILED.at(check.place, message, remedy=remedy, level=check.severity)
    shown = Samples((*measurement.samples, *samples.rows))
    return _result(check, Outcome.FAIL, finding, value, row_count=row_count, samples=shown)


def _in_unit(check: Check, measurement: Measurement, row_count: int | None) -> float | None:
    """The measured value in the threshold's unit; a share of no rows is 0 percent."""
    value = measurement.value
    if value is None or row_count is None or not check.threshold.is_percent:
        return None if value is None else float(value)
    return value * 100 / row_count if row_count else 0.0


def _told(check: Check, measurement: Measurement, value: float | None, row_count: int | None) -> str:
    found = "nothing" if value is None else f"{number_text(value)} {check.threshold.unit}".strip()
    is_share = check.threshold.is_percent and row_count is not None
    rows = f" ({number_text(measurement.value or 0)} of {row_count} rows)" if is_share else ""
    return f"{check.subject}: {check.kind} measured {found}{rows}, {check.threshold}."


def unmeasured(check: Check, measure: Unmeasured) -> CheckResult:
    """The rule itself says why it was not measured."""
    return _result(check, measure.outcome, measure.finding)


def not_located(check: Check, finding: Finding) -> CheckResult:
    """There is no data to measure, as the locator says."""
    return _result(check, Outcome.ERROR, finding)


def not_measured(check: Check, cause: Fault | EngineError, *, protected: bool) -> CheckResult:
    """The engine, or the data's shape, kept the check from being measured.

    `protected` leaves the engine's own words out: they may quote values of masked columns.
    """
    told = " ".join((cause.message.rstrip(".") + ".", *_said(cause)))
    finding = FindingCode.QUALITY_CHECK_ERROR.at(
        check.place,
        f"{check.subject}: {check.kind} could not be measured: {told}",
        remedy=cause.remedy or "correct the rule or the data, and run again",
        level=check.severity,
    )
    detail = "" if protected or isinstance(cause, Fault) else cause.detail
    return replace(_result(check, Outcome.ERROR, finding), engine_detail=detail)


def _said(cause: Fault | EngineError) -> tuple[str, ...]:
    return () if isinstance(cause, Fault) else tuple(finding.message for finding in cause.findings)


def _result(
    check: Check,
    outcome: Outcome,
    finding: Finding | None,
    value: float | None = None,
    *,
    row_count: int | None = None,
    samples: Samples | None = None,
) -> CheckResult:
    return CheckResult(
        check_id=check.id,
        name=check.name,
        check=check.kind,
        dataset=check.dataset,
        column=check.column,
        dimension=check.dimension,
        severity=check.severity,
        outcome=outcome,
        measured=value,
        threshold="" if isinstance(check.measure, Unmeasured) else str(check.threshold),
        row_count=row_count,
        samples=samples.rows if samples else (),
        finding=finding,
    )
