"""A question about metrics as the command line asks it: its flags, and the query they make."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from catalog.domain.errors import UsageError

if TYPE_CHECKING:
    from catalog.metrics.query import MetricQuery


def add_question(parser: ArgumentParser) -> None:
    """The flags of a question beside its metrics."""
    parser.add_argument(
        "--group-by",
        action="append",
        default=[],
        help="entity__dimension or metric_time__month; may be given again",
    )
    parser.add_argument("--where", action="append", default=[], help="a filter; all of them hold")
    parser.add_argument(
        "--order-by", action="append", default=[], help="a name; descending with -, as --order-by=-gmv"
    )
    parser.add_argument("--limit", type=int, help="at most so many rows")
    parser.add_argument("--start", help="first moment of metric_time, included, as 2026-01-01")
    parser.add_argument("--end", help="last moment of metric_time, included, as 2026-12-31")


def asked(given: Namespace) -> "MetricQuery":
    """The query; raises `UsageError` for half a time constraint."""
    from catalog.metrics.query import MetricQuery

    if (given.start is None) != (given.end is None):
        raise UsageError("A time constraint has a start and an end.", remedy="give both, or neither")
    return MetricQuery(
        metrics=tuple(given.metrics),
        group_by=tuple(given.group_by),
        where=tuple(given.where),
        order_by=tuple(given.order_by),
        limit=given.limit,
        time_constraint=None if given.start is None else (given.start, given.end),
    )
