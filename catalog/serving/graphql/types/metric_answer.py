"""A metric query's answer: columns, rows, and why they may be trusted."""

from datetime import datetime

import strawberry

from catalog.domain.errors import UsageError
from catalog.metrics.query import MetricQuery
from catalog.serving.graphql.types.scalar import Value
from catalog.serving.graphql.types.settlement import Settlement, settlement_of
from catalog.serving.metric_read.answer import MetricAnswer as DomainAnswer
from catalog.serving.metric_read.answer import TrustFacts as DomainFacts


@strawberry.input(description="What is asked, in MetricFlow's words.")
class MetricQueryInput:
    """`entity__dimension`, `metric_time__month`; filters as `{{ Dimension('order__status') }} = 'paid'`."""

    metrics: list[str] = strawberry.field(default_factory=list)
    saved_query: str | None = strawberry.field(
        default=None,
        description="A query that a domain saved; it has its own metrics, groups and order.",
    )
    group_by: list[str] = strawberry.field(default_factory=list)
    where: list[str] = strawberry.field(default_factory=list)
    order_by: list[str] = strawberry.field(
        default_factory=list, description="Names; descending with `-` before them."
    )
    limit: int | None = None
    start: str | None = strawberry.field(default=None, description="First moment of metric_time, included.")
    end: str | None = strawberry.field(default=None, description="Last moment of metric_time, included.")


@strawberry.type(description="A column of the answer with its type in the engine's words.")
class AnswerColumn:
    """Name and type."""

    name: str
    type: str


@strawberry.type(description="Why one metric's number may be trusted, and how far.")
class TrustFacts:
    """The facts of one metric of the query."""

    metric: str
    version: str
    status: str
    certified: bool
    certification: str = strawberry.field(description="Why it is certified, or not.")
    tier: str
    owner: str
    quality: str = strawberry.field(
        description="`passed`, or `unverified` when the data changed since its quality run."
    )
    freshness: datetime | None = strawberry.field(description="When the data was last measured.")
    decision_id: str
    notice: str
    settlement: Settlement | None = strawberry.field(
        description="The executive sponsor's decision on what the name stands for, where one is in force."
    )
    approximate: bool = strawberry.field(
        description="Whether the number is made of estimates, as the metric declares."
    )
    standard_error: float | None = strawberry.field(
        description="Of those estimates, relative to the exact number; null where the engine promises none."
    )


@strawberry.type(description="One answer for everyone who asks.")
class MetricAnswer:
    """Columns and rows with the facts behind them."""

    columns: list[AnswerColumn]
    rows: list[list[Value | None]]
    truncated: bool
    sql: str | None = strawberry.field(description="For those who keep the metrics' domains, else null.")
    plan: str | None = strawberry.field(description="The plan in words, under the same condition.")
    facts: list[TrustFacts]
    cached: bool = strawberry.field(
        description="Whether the answer was known: for the same data, definitions and grants."
    )
    computed_at: datetime = strawberry.field(description="When the engine computed it.")
    engine_milliseconds: float = strawberry.field(description="How long the engine took then.")
    rollups: list[str] = strawberry.field(
        description="The pre-aggregations that gave the same answer faster."
    )


def query_of(given: MetricQueryInput) -> MetricQuery:
    """The input as the metrics room takes it; raises `UsageError` for half a time constraint."""
    if (given.start is None) != (given.end is None):
        raise UsageError("A time constraint has a start and an end.", remedy="give both, or neither")
    constraint = (given.start, given.end) if given.start is not None and given.end is not None else None
    return MetricQuery(
        metrics=tuple(given.metrics),
        group_by=tuple(given.group_by),
        where=tuple(given.where),
        order_by=tuple(given.order_by),
        limit=given.limit,
        time_constraint=constraint,
    )


def answer_of(answer: DomainAnswer) -> MetricAnswer:
    """The answer as the schema shows it."""
    return MetricAnswer(
        columns=[AnswerColumn(name=one.name, type=one.type) for one in answer.columns],
        rows=[[Value(value) for value in row] for row in answer.rows],
        truncated=answer.truncated,
        sql=answer.sql or None,
        plan=answer.explanation or None if answer.sql else None,
        facts=[_facts_of(one) for one in answer.facts],
        cached=answer.cached,
        computed_at=answer.computed_at,
        engine_milliseconds=answer.milliseconds,
        rollups=list(answer.rollups),
    )


def _facts_of(facts: DomainFacts) -> TrustFacts:
    return TrustFacts(
        metric=str(facts.key),
        version=facts.version,
        status=facts.status,
        certified=facts.certified,
        certification=facts.certification,
        tier=facts.tier,
        owner=facts.owner,
        quality=facts.quality,
        freshness=facts.measured_at,
        decision_id=facts.decision_id,
        notice=facts.notice,
        settlement=settlement_of(facts.settlement) if facts.settlement else None,
        approximate=facts.approximate,
        standard_error=facts.standard_error,
    )
