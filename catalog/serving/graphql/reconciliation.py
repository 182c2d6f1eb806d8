"""One metric name asked of every team, one meaning under several names, and the sponsor's decision."""

from datetime import datetime

import strawberry

from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.settlement import Fate
from catalog.publishing.reconciliation.by_dimension import ByDimension
from catalog.publishing.reconciliation.reconcile import Comparisons, TeamNumber, find_duplicates
from catalog.publishing.reconciliation.reconcile import Reconciliation as DomainReconciliation
from catalog.publishing.settle import SettleCommand, settle
from catalog.serving.graphql.attempt import attempt
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.finding import UserError
from catalog.serving.graphql.types.scalar import Value
from catalog.serving.graphql.types.settlement import Settlement, settlement_of
from catalog.serving.metric_reconciliation import reconcile_metric


@strawberry.type(description="One definition of the name with its number.")
class StatedMetric:
    """`reason` says why there is no number; `says` is the definition in words."""

    metric: str
    version: str
    status: Status
    definition_digest: str
    owner: str
    says: str
    value: float | None
    reason: str


@strawberry.type(description="A part in which two definitions differ.")
class DefinitionDifference:
    """`part` is relation, aggregation, filter, time, formula, grain, or a word about time."""

    part: str
    one: str
    other: str
    sentence: str


@strawberry.type(description="Rows that one definition takes otherwise than the other.")
class RowCause:
    """`one` and `other` are what they add to each number; samples are masked, `reason` says why there are none."""

    relation: str
    kind: str
    rows: int
    one: float | None
    other: float | None
    columns: list[str]
    samples: list[list[Value | None]]
    reason: str


@strawberry.type(description="Two definitions held against each other.")
class DefinitionComparison:
    """`caveat` tells that they differ only where nothing is counted."""

    one: str
    other: str
    same: bool
    caveat: str
    differences: list[DefinitionDifference]
    causes: list[RowCause]
    reason: str


@strawberry.type(description="One group with the number of each measured definition, in their order.")
class GroupNumbers:
    """`spread` is the greatest less the least."""

    group: str
    values: list[float | None]
    spread: float


@strawberry.type(description="The groups of a dimension that differ most.")
class DimensionSpread:
    """`total` is how many groups there are; `reason` says why none could be measured."""

    dimension: str
    total: int
    groups: list[GroupNumbers]
    reason: str


@strawberry.type(description="What a metric name means to whom, measured on the same data.")
class MetricReconciliation:
    """`agrees` where there is one meaning; every definition is held against the first."""

    name: str
    agrees: bool
    spread: float | None
    relative: float | None
    measured_at: datetime
    settlement: Settlement | None
    stated: list[StatedMetric]
    comparisons: list[DefinitionComparison]
    grouped: list[str] = strawberry.field(description="Whose numbers stand in the groups, in their order.")
    dimensions: list[DimensionSpread]
    left_out: int


@strawberry.type(description="Metrics that mean the same under different names.")
class MetricDuplicates:
    """`says` is the one definition in words."""

    says: str
    metrics: list[str]


@strawberry.input
class SettledFateInput:
    """What becomes of one other metric of the name."""

    metric: str
    fate: Fate


@strawberry.input
class MetricNameSettleInput:
    """`definitionDigest` is the definition that was read; where it changed since, nothing is settled."""

    canonical: str
    reason: str
    others: list[SettledFateInput] = strawberry.field(default_factory=list)
    definition_digest: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.type
class MetricNameSettlePayload:
    """`unheard` are metrics of the name that the decision says nothing about."""

    settlement: Settlement | None
    unheard: list[str]
    user_errors: list[UserError]


@strawberry.type
class ReconciliationQuery:
    """What is asked of all teams at once."""

    @strawberry.field(
        description="Ask every team for a metric, as far as you may see them; reads are logged."
    )
    def metric_reconciliation(self, info: RequestInfo, name: str, by: str = "") -> MetricReconciliation:
        """Numbers, differences, and the rows behind them."""
        context = info.context
        return _reconciliation(reconcile_metric(name, context.actor, context.services, by=by))

    @strawberry.field(description="Metrics that mean the same under different names, as far as you see them.")
    def metric_duplicates(self, info: RequestInfo) -> list[MetricDuplicates]:
        """Groups of two or more."""
        groups = find_duplicates(info.context.actor, info.context.services.gate)
        return [
            MetricDuplicates(says=group[0].statement.words, metrics=[str(one.key) for one in group])
            for group in groups
        ]


@strawberry.type
class ReconciliationMutation:
    """What the sponsor decides."""

    @strawberry.mutation(
        description="Decide, as the executive sponsor, which definition a metric name stands for."
    )
    def metric_name_settle(self, info: RequestInfo, input: MetricNameSettleInput) -> MetricNameSettlePayload:
        """Other meanings under the name are refused from now on."""
        context = info.context
        outcome, errors = attempt(
            lambda: settle(
                SettleCommand(
                    AssetKey.parse(input.canonical),
                    input.reason,
                    tuple((AssetKey.parse(one.metric), one.fate) for one in input.others),
                    input.definition_digest,
                    input.idempotency_key,
                    input.dry_run,
                ),
                context.actor,
                context.services.gate,
            )
        )
        return MetricNameSettlePayload(
            settlement=settlement_of(outcome.settlement) if outcome else None,
            unheard=[str(key) for key in outcome.unheard] if outcome else [],
            user_errors=errors,
        )


def _reconciliation(found: DomainReconciliation) -> MetricReconciliation:
    return MetricReconciliation(
        name=found.name,
        agrees=found.agrees,
        spread=found.spread,
        relative=found.relative,
        measured_at=found.measured_at,
        settlement=settlement_of(found.settlement) if found.settlement else None,
        stated=[_stated(one) for one in found.teams],
        comparisons=[_comparison(one) for one in found.comparisons],
        dimensions=[_dimension(one) for one in found.dimensions],
        grouped=list(found.grouped),
        left_out=found.left_out,
    )


def _stated(one: TeamNumber) -> StatedMetric:
    return StatedMetric(
        metric=str(one.key),
        version=one.version,
        status=one.status,
        definition_digest=one.definition_digest,
        owner=one.owner,
        says=one.says,
        value=one.value,
        reason=one.reason,
    )


def _comparison(one: Comparisons) -> DefinitionComparison:
    compared = one.comparison
    return DefinitionComparison(
        one=compared.one,
        other=compared.other,
        same=compared.same,
        caveat=compared.caveat,
        differences=[
            DefinitionDifference(part=each.part, one=each.one, other=each.other, sentence=sentence)
            for each, sentence in zip(compared.differences, compared.sentences, strict=True)
        ],
        causes=[
            RowCause(
                relation=each.relation,
                kind=each.kind,
                rows=each.rows,
                one=each.one,
                other=each.other,
                columns=list(each.samples[0]) if each.samples else [],
                samples=[[Value(value) for value in row.values()] for row in each.samples],
                reason=each.reason,
            )
            for each in one.causes
        ],
        reason=one.reason,
    )


def _dimension(one: ByDimension) -> DimensionSpread:
    return DimensionSpread(
        dimension=one.dimension,
        total=one.total,
        groups=[
            GroupNumbers(group=each.group, values=list(each.values), spread=each.spread)
            for each in one.groups
        ],
        reason=one.reason,
    )
