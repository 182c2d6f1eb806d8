"""`concord query`: one governed number, with its trust facts."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord query METRIC …`."""
    parser = add_command(
        commands,
        shared,
        "query",
        run,
        help="ask for governed metrics; the read is logged by team and application",
        examples=[
            "concord query finance.gmv --group-by metric_time__month --order-by metric_time__month",
            "concord query revenue --where \"{{ Dimension('order__channel') }} = 'web'\" --explain",
        ],
    )
    parser.add_argument("metrics", nargs="+", help="metric, or domain.metric where several domains serve one")
    parser.add_argument(
        "--group-by", action="append", default=[], help="entity__dimension, metric_time__month"
    )
    parser.add_argument("--where", action="append", default=[], help="a filter; all of them hold")
    parser.add_argument("--order-by", action="append", default=[], help="a name; -name for descending")
    parser.add_argument("--limit", type=int, help="at most so many rows")
    parser.add_argument("--start", help="first moment of metric_time, included")
    parser.add_argument("--end", help="last moment of metric_time, included")
    parser.add_argument("--explain", action="store_true", help="show plan and SQL, run nothing")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 with an answer; a query without a right answer is refused."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.domain.errors import UsageError
    from catalog.metrics.query import MetricQuery
    from catalog.serving.metric_query import explain_metrics, query_metrics

    if (given.start is None) != (given.end is None):
        raise UsageError("A time constraint has a start and an end.", remedy="give both, or neither")
    query = MetricQuery(
        metrics=tuple(given.metrics),
        group_by=tuple(given.group_by),
        where=tuple(given.where),
        order_by=tuple(given.order_by),
        limit=given.limit,
        time_constraint=(given.start, given.end) if given.start else None,
    )
    with Services(settings) as services:
        actor = acting(services)
        if given.explain:
            compiled = explain_metrics(query, actor, services)
            output.document({"sql": compiled.sql, "plan": compiled.plan.explain()})
            output.line(compiled.plan.explain(), "grey")
            output.line(compiled.sql)
            return 0
        answer = query_metrics(query, actor, services)
    facts = [
        {
            "metric": str(one.key),
            "version": one.version,
            "certified": one.certified,
            "quality": one.quality,
            "measuredAt": one.measured_at,
            "decisionId": one.decision_id,
        }
        for one in answer.facts
    ]
    names = [column.name for column in answer.columns]
    output.document({"columns": names, "rows": answer.rows, "truncated": answer.truncated, "facts": facts})
    output.table(names, answer.rows)
    for one in answer.facts:
        certified = "certified" if one.certified else "not certified"
        output.line(
            f"{one.key} {one.version}, {certified}, quality {one.quality}, decision {one.decision_id}", "grey"
        )
        if one.notice:
            output.line(f"    deprecated: {one.notice}", "yellow")
    return 0
