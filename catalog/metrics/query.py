"""A metric query: metrics, group_by, where, order_by, limit, time constraint (MetricFlow's words)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.filter import Filter, parse_filter
from catalog.metrics.moment import parse_moment
from catalog.metrics.name import Reference
from catalog.metrics.template import TemplateInvalid, parse_call

MAX_ITEMS: Final = 256


@dataclass(frozen=True, slots=True)
class OrderBy:
    """A metric or group-by item of the query, and the direction; nulls come last in both."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """What a consumer asks, as text.

    `group_by` takes `entity__dimension`, `metric_time__month`, or `TimeDimension('metric_time', 'month')`;
    `where` takes filters that must all hold; `order_by` takes names, descending with `-` before them;
    `time_constraint` is first and last moment of `metric_time` in ISO form, both included.
    Without metrics the answer is each combination of the group-by items once; `min_max_only` then gives the
    least and the greatest value of the one item.
    """

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    order_by: tuple[str | OrderBy, ...] = ()
    limit: int | None = None
    time_constraint: tuple[str, str] | None = None
    min_max_only: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A query whose every part is well formed; whether the parts exist is not known yet."""

    metrics: tuple[str, ...]
    group_by: tuple[Reference, ...]
    where: tuple[Filter, ...]
    order_by: tuple[OrderBy, ...]
    limit: int | None
    time_range: tuple[datetime, datetime] | None


def read_query(query: MetricQuery) -> tuple[Request, tuple[Finding, ...]]:
    """The request as far as it is well formed, and every fault of its form."""
    findings = [*_shape_faults(query)]
    request = Request(
        tuple(name.strip().lower() for name in query.metrics),
        tuple(_references(query.group_by, findings)),
        tuple(_filters(query.where, findings)),
        tuple(_order(item) for item in query.order_by),
        query.limit,
        _time_range(query.time_constraint, findings),
    )
    return request, tuple(findings)


def read_reference(text: str) -> Reference | None:
    """A group-by item in either form; None where it is neither."""
    if "(" not in text:
        return Reference.parse(text)
    try:
        reference = parse_call(text).reference
    except TemplateInvalid:
        return None
    return None if reference.metric else reference


def _shape_faults(query: MetricQuery) -> Iterator[Finding]:
    if not query.metrics and not query.group_by:
        yield _invalid("The query asks for nothing.", "Name at least one metric.")
    if query.min_max_only and (query.metrics or len(query.group_by) != 1):
        yield _invalid("min_max_only is for one group_by item without metrics.", "Ask for one dimension.")
    for word, items in (("metrics", query.metrics), ("group_by", query.group_by), ("where", query.where)):
        if len(items) > MAX_ITEMS:
            yield _invalid(f"{word} has more than {MAX_ITEMS} items.", "Ask for less in one query.")
    for name, times in Counter(name.strip().lower() for name in query.metrics).items():
        if times > 1:
            yield _invalid(f"The metric {name} is asked for {times} times.", "Name each metric once.")
    if query.limit is not None and not 0 <= query.limit < 2**31:
        yield _invalid(f"The limit {query.limit} is no row count.", "Give a limit from 0 upwards.")


def _references(texts: Iterable[str], findings: list[Finding]) -> Iterator[Reference]:
    for text in texts:
        reference = read_reference(text)
        if reference is None:
            findings.append(
                _invalid(f"{text[:80]!r} names nothing to group by.", "Write entity__dimension__grain.")
            )
        else:
            yield reference


def _filters(texts: Iterable[str], findings: list[Finding]) -> Iterator[Filter]:
    for text in texts:
        try:
            yield parse_filter(text)
        except ExpressionRefused as refused:
            findings += refused.findings


def _order(item: str | OrderBy) -> OrderBy:
    if isinstance(item, OrderBy):
        return item
    return OrderBy(item.strip().removeprefix("-"), item.strip().startswith("-"))


def _time_range(
    constraint: tuple[str, str] | None, findings: list[Finding]
) -> tuple[datetime, datetime] | None:
    if constraint is None:
        return None
    start, end = (parse_moment(text) for text in constraint)
    if start and end and start <= end:
        return start, end
    findings.append(
        FindingCode.TIME_CONSTRAINT_INVALID.found(
            f"{constraint[0][:40]!r} to {constraint[1][:40]!r} is no range of time.",
            remedy="Give the first and the last date as 2026-01-31, without time zone.",
        )
    )
    return None


def _invalid(message: str, remedy: str) -> Finding:
    return FindingCode.QUERY_INVALID.found(message, remedy=remedy)
