"""Whom a draft reaches, as the schema shows it."""

import strawberry

from catalog.lineage.impact import Fate
from catalog.registry.compatibility import AffectedMetric as DomainMetric
from catalog.serving.graphql.types.scalar import Count


@strawberry.type(description="A team that reads a metric by an application, as the access log knows it.")
class Reader:
    """Who, and how often."""

    team: str
    application: str
    reads: Count


@strawberry.type(description="A served metric that a draft reaches.")
class AffectedMetric:
    """`columns` are those of the changed product that the metric uses."""

    metric: str
    version: str
    fate: Fate
    columns: list[str]
    reasons: list[str]
    readers: list[Reader]
    saved_queries: list[str]


def affected_of(impact: tuple[DomainMetric, ...]) -> list[AffectedMetric]:
    """All of them, in order."""
    return [
        AffectedMetric(
            metric=str(one.key),
            version=one.version,
            fate=one.fate,
            columns=list(one.columns),
            reasons=list(one.reasons),
            readers=[
                Reader(team=who.team, application=who.application, reads=Count(who.reads))
                for who in one.consumers
            ],
            saved_queries=list(one.saved_queries),
        )
        for one in impact
    ]
