"""`concord query`: one governed number, with its trust facts."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.metric_question import add_question, asked
from catalog.cli.metrics_reconcile import settlement_json, settlement_words
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import UsageError

if TYPE_CHECKING:
    from catalog.metrics.compile import CompiledQuery
    from catalog.serving.metric_read.answer import MetricAnswer, TrustFacts


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
            "concord query revenue --group-by order__channel --order-by=-revenue --limit 3",
            "concord query revenue --where \"{{ Dimension('order__channel') }} = 'web'\" --explain",
            "concord query --saved sales.revenue_by_region --limit 3",
        ],
    )
    parser.add_argument("metrics", nargs="*", help="metric, or domain.metric where several domains serve one")
    parser.add_argument("--saved", metavar="NAME", help="ask a saved query, with further --where and --limit")
    add_question(parser)
    parser.add_argument("--explain", action="store_true", help="show plan and SQL, run nothing")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 with an answer; a query without a right answer is refused."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.serving.metric_query import explain_metrics, query_metrics
    from catalog.serving.metric_read.saved import saved

    query = asked(given)
    if not (given.metrics or given.saved):
        raise UsageError("The question names no metric.", remedy="name a metric, or a query by --saved")
    with Services(settings) as services:
        actor = acting(services)
        if given.saved:
            query = saved(given.saved, query, actor, services)
        if given.explain:
            _tell_plan(explain_metrics(query, actor, services), output)
        else:
            _tell(query_metrics(query, actor, services), output)
    return 0


def _tell_plan(compiled: "CompiledQuery", output: Output) -> None:
    explanation = compiled.plan.explain()
    output.document({"sql": compiled.sql, "plan": explanation})
    output.line(explanation, "grey")
    output.line(compiled.sql)


def _tell(answer: "MetricAnswer", output: Output) -> None:
    from catalog.serving.json_value import value_of

    names = [column.name for column in answer.columns]
    output.document(
        {
            "columns": names,
            "rows": [value_of(row) for row in answer.rows],
            "truncated": answer.truncated,
            "facts": [_fact(one) for one in answer.facts],
            "cached": answer.cached,
            "computedAt": answer.computed_at,
            "engineMilliseconds": answer.milliseconds,
            "rollups": list(answer.rollups),
        }
    )
    output.table(names, answer.rows)
    if answer.truncated:
        output.line("There are more rows than are shown.", "yellow")
    for one in answer.facts:
        certified = "certified" if one.certified else f"not certified ({one.certification})"
        output.line(
            f"{one.key} {one.version}, {certified}, quality {one.quality}, decision {one.decision_id}", "grey"
        )
        if one.settlement:
            output.line(f"    {settlement_words(one.settlement, one.settlement.name)}", "grey")
        if one.approximate:
            about = f", standard error {one.standard_error:.1%}" if one.standard_error else ""
            output.line(f"    estimated, as it declares{about}", "yellow")
        if one.notice:
            output.line(f"    deprecated: {one.notice}", "yellow")


def _fact(one: "TrustFacts") -> dict[str, Any]:
    return {
        "metric": str(one.key),
        "version": one.version,
        "status": one.status,
        "certified": one.certified,
        "certification": one.certification,
        "tier": one.tier,
        "owner": one.owner,
        "quality": one.quality,
        "measuredAt": one.measured_at,
        "decisionId": one.decision_id,
        "notice": one.notice,
        "settlement": settlement_json(one.settlement) if one.settlement else None,
        "approximate": one.approximate,
        "standardError": one.standard_error,
    }
