"""A metric query: metrics, group_by, where, order_by, limit, time constraint (MetricFlow's words)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.filter import Filter, parse_filter
from catalog.metrics.moment import EARLIEST, LATEST, parse_moment
from catalog.metrics.name import SEPARATOR, Reference
from catalog.metrics.template import TemplateInvalid, parse_call

MAX_ITEMS: Final = 256


@dataclass(frozen=True, slots=True)
class OrderBy:
    """A metric or group-by item of the query, and the direction; nulls come last in both."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """What a consumer asks, as text; a single text or a list may stand for a tuple, and becomes one.

    `group_by` takes `entity__dimension`, `metric_time__month`, `TimeDimension('metric_time', 'month')`, or a
    mapping with `name` and perhaps `grain` or `date_part`; `where` takes filters that must all hold;
    `order_by` takes names, descending with `-` before them; `time_constraint` is first and last moment of
    `metric_time` in ISO form, both included, None for no bound.
    Without metrics the answer is each combination of the group-by items once; `min_max_only` then gives the
    least and the greatest value of the one item.
    """

    metrics: Sequence[str] = ()
    group_by: Sequence[str | Mapping[str, str]] = ()
    where: Sequence[str] = ()
    order_by: Sequence[str | OrderBy] = ()
    limit: int | None = None
    time_constraint: Sequence[str | None] | None = None
    min_max_only: bool = False

    def __post_init__(self) -> None:
        for name in ("metrics", "where", "order_by"):
            object.__setattr__(self, name, _tuple(getattr(self, name)))
        object.__setattr__(self, "group_by", tuple(_item(one) for one in _tuple(self.group_by)))
        if self.time_constraint is not None:
            object.__setattr__(self, "time_constraint", tuple(self.time_constraint))


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
        tuple(_references([_item(one) for one in query.group_by], findings)),
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


def _tuple(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str | Mapping | OrderBy):
        return (value,)
    return tuple(value or ())


def _item(one: str | Mapping[str, str]) -> str:
    """A group-by item as text."""
    if isinstance(one, str):
        return one
    part = one.get("date_part")
    suffix = f"extract_{part}" if part else one.get("grain")
    return SEPARATOR.join(filter(None, (one.get("name"), suffix)))


def _shape_faults(query: MetricQuery) -> Iterator[Finding]:
    if not query.metrics and not query.group_by:
        yield _invalid("The query asks for nothing.", "Name at least one metric.")
    beside = query.metrics or query.order_by or query.limit is not None
    if query.min_max_only and (beside or len(query.group_by) != 1):
        yield _invalid(
            "min_max_only is for one group_by item without metrics, order or limit.", "Ask for one dimension."
        )
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
    constraint: Sequence[str | None] | None, findings: list[Finding]
) -> tuple[datetime, datetime] | None:
    if constraint is None or not any(constraint):
        return None
    bounds = zip(constraint, (EARLIEST, LATEST), strict=False)
    start, end, *_ = (*(parse_moment(text) if text else open_end for text, open_end in bounds), None, None)
    if start and end and start <= end and len(constraint) == 2:
        return start, end
    findings.append(
        FindingCode.TIME_CONSTRAINT_INVALID.found(
            f"{' to '.join(repr(str(one)[:40]) for one in constraint)} is no range of time.",
            remedy="Give the first and the last date as 2026-01-31, without time zone.",
        )
    )
    return None


def _invalid(message: str, remedy: str) -> Finding:
    return FindingCode.QUERY_INVALID.found(message, remedy=remedy)
