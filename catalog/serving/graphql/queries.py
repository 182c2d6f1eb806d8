"""What can be read: one statement for each field, cut to what the actor may see."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from catalog.access.decide import decide, domains_seen, require, restriction_of
from catalog.access.permission import Permission
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status, is_served
from catalog.domain.lineage import Node
from catalog.domain.metric import MetricType
from catalog.policy.decision import Verdict
from catalog.serving.graphql.policy import PolicyQuery
from catalog.serving.graphql.policy_simulation import PolicySimulationQuery
from catalog.serving.graphql.policy_waivers import PolicyWaiverQuery
from catalog.serving.graphql.reconciliation import ReconciliationQuery
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.access_entry import AccessEntry, access_of
from catalog.serving.graphql.types.audit_entry import AuditEntry, audit_of
from catalog.serving.graphql.types.data_product import DataProduct, product_of
from catalog.serving.graphql.types.decision import Decision, decision_of
from catalog.serving.graphql.types.domain import Domain, domain_of
from catalog.serving.graphql.types.draft import Draft, draft_of
from catalog.serving.graphql.types.lineage import LineageConnection, lineage_page
from catalog.serving.graphql.types.metric import Metric, metric_of
from catalog.serving.graphql.types.metric_answer import (
    MetricAnswer,
    MetricQueryInput,
    answer_of,
    query_of,
)
from catalog.serving.graphql.types.page import (
    Connection,
    connection,
    page_size,
    read_cursor,
    read_number_cursor,
)
from catalog.serving.graphql.types.quality_run import QualityRun, run_of
from catalog.serving.lineage_event import lineage_event
from catalog.serving.metric_query import query_metrics
from catalog.serving.metric_read.saved import saved
from catalog.store.projections.access_log import AccessLog
from catalog.store.projections.assets import Assets
from catalog.store.projections.audit import AuditLog
from catalog.store.projections.awaiting_drafts import AwaitingDrafts
from catalog.store.projections.decisions import Decisions
from catalog.store.projections.domains import Domains
from catalog.store.projections.lineage import Direction, Lineage
from catalog.store.projections.quality_runs import QualityRuns

First = Annotated[int, strawberry.argument(description="Page size, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor behind which the page begins.")]


@strawberry.type(description="Everything that can be read.")
class Query(PolicyQuery, PolicySimulationQuery, PolicyWaiverQuery, ReconciliationQuery):
    """The read side."""

    @strawberry.field(description="Domains with something to see, by name.")
    def domains(self, info: RequestInfo, first: First = 50, after: After = None) -> Connection[Domain]:
        """A page of domains."""
        projection = Domains(
            domains_seen(info.context.actor), read_cursor("domains", after), page_size(first)
        )
        return connection("domains", info.context.read(projection), first, lambda row: row.name, domain_of)

    @strawberry.field(description="Data products, by domain and name.")
    def data_products(
        self,
        info: RequestInfo,
        domain: str = "",
        owner: str = "",
        status: Status | None = None,
        search: str = "",
        first: First = 50,
        after: After = None,
    ) -> Connection[DataProduct]:
        """A page of data products."""
        projection = Assets(
            AssetKind.DATA_PRODUCT,
            domain=domain,
            owner=owner,
            status=status,
            search=search,
            drafts_in=domains_seen(info.context.actor),
            with_summary=True,
            after=read_cursor("data_products", after),
            limit=page_size(first),
        )
        rows = info.context.read(projection)
        return connection("data_products", rows, first, lambda row: row.cursor, product_of)

    @strawberry.field(description="One data product, or null where there is none to see.")
    def data_product(self, info: RequestInfo, domain: str, name: str) -> DataProduct | None:
        """A data product by its name."""
        kept = domains_seen(info.context.actor)
        projection = Assets(
            AssetKind.DATA_PRODUCT, domain=domain, name=name, drafts_in=kept, with_summary=True, limit=1
        )
        found = info.context.read(projection) if domain and name else ()
        return product_of(found[0]) if found else None

    @strawberry.field(description="Governed metrics, by domain and name.")
    def metrics(
        self,
        info: RequestInfo,
        domain: str = "",
        name: str = "",
        owner: str = "",
        tier: str = "",
        type: MetricType | None = None,
        status: Status | None = None,
        search: str = "",
        first: First = 50,
        after: After = None,
    ) -> Connection[Metric]:
        """A page of metrics."""
        projection = Assets(
            AssetKind.METRIC,
            domain=domain,
            name=name,
            owner=owner,
            tier=tier,
            type=type or "",
            status=status,
            search=search,
            drafts_in=domains_seen(info.context.actor),
            with_summary=True,
            after=read_cursor("metrics", after),
            limit=page_size(first),
        )
        return connection("metrics", info.context.read(projection), first, lambda row: row.cursor, metric_of)

    @strawberry.field(
        description="The answer to a metric query; every read is logged by team and application."
    )
    def metric_query(self, info: RequestInfo, input: MetricQueryInput) -> MetricAnswer:
        """One answer for everyone who asks."""
        context = info.context
        query = query_of(input)
        if input.saved_query:
            query = saved(input.saved_query, query, context.actor, context.services)
        return answer_of(
            query_metrics(query, context.actor, context.services, cancellation=context.cancellation)
        )

    @strawberry.field(
        description="What stands above or below a node, as metric:sales.gmv or column:sales.orders/orders/amount."
    )
    def lineage(
        self,
        info: RequestInfo,
        node: str,
        direction: Direction = Direction.UPSTREAM,
        version: str = "",
        depth: Annotated[int, strawberry.argument(description="How many links far; 0 for all.")] = 0,
        first: First = 50,
        after: After = None,
    ) -> LineageConnection:
        """A page of links over what is served; an unknown node has none."""
        asked = Lineage(Node.parse(node), direction, version, depth=depth)
        return lineage_page(info, asked, first, after)

    @strawberry.field(description="The OpenLineage event of a served metric, as metric:sales.gmv.")
    def open_lineage(self, info: RequestInfo, metric: str) -> JSON:
        """A JobEvent of spec 2-0-2 with its columnLineage facet."""
        return JSON(lineage_event(AssetKey.parse(metric), info.context.actor, info.context.services))

    @strawberry.field(description="Drafts of your domains that wait for the gate, newest first.")
    def drafts(
        self, info: RequestInfo, asset: str | None = None, first: First = 50, after: After = None
    ) -> Connection[Draft]:
        """A page of waiting drafts."""
        projection = AwaitingDrafts(
            domains_seen(info.context.actor),
            None if asset is None else AssetKey.parse(asset),
            read_cursor("drafts", after),
            page_size(first),
        )
        return connection("drafts", info.context.read(projection), first, lambda row: row.cursor, draft_of)

    @strawberry.field(description="Policy decisions about your domains, newest first.")
    def decisions(
        self,
        info: RequestInfo,
        asset: str | None = None,
        verdict: Verdict | None = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Decision]:
        """A page of decisions."""
        projection = Decisions(
            key=None if asset is None else AssetKey.parse(asset),
            verdict=verdict,
            domains=restriction_of(info.context.actor),
            after=read_cursor("decisions", after),
            limit=page_size(first),
        )
        return connection(
            "decisions", info.context.read(projection), first, lambda row: row.cursor, decision_of
        )

    @strawberry.field(
        description="Quality runs, newest first: of your domains, or of a served version of any product."
    )
    def quality_runs(
        self,
        info: RequestInfo,
        asset: str | None = None,
        version: str = "",
        first: First = 10,
        after: After = None,
    ) -> Connection[QualityRun]:
        """A page of quality runs; whoever does not keep the product sees no rows of its data."""
        actor = info.context.actor
        key = None if asset is None else AssetKey.parse(asset)
        restricted = restriction_of(actor)
        if key is not None and restricted is not None and key.domain not in restricted:
            served = _served_version(info, key, version)
            projection = QualityRuns(key=key, version=served, limit=page_size(first))
            rows = info.context.read(projection) if served else ()
        else:
            projection = QualityRuns(
                key=key,
                version=version,
                domains=restricted,
                after=read_cursor("quality_runs", after),
                limit=page_size(first),
            )
            rows = info.context.read(projection)

        return connection(
            "quality_runs",
            rows,
            first,
            lambda row: row.cursor,
            lambda row: run_of(
                row,
                with_samples=decide(actor, Permission.DOMAIN_QUALITY_RUN, key=row.key).allowed,
            ),
        )

    @strawberry.field(description="Who read which metric, newest first; for auditors.")
    def access_log(
        self,
        info: RequestInfo,
        asset: str | None = None,
        team: str = "",
        application: str = "",
        first: First = 50,
        after: After = None,
    ) -> Connection[AccessEntry]:
        """A page of the access log."""
        require(info.context.actor, Permission.ORGANISATION_ACCESS_LOG_READ)
        info.context.services.store.flush_reads()
        projection = AccessLog(
            key=None if asset is None else AssetKey.parse(asset),
            team=team,
            application=application,
            after=read_number_cursor("access_log", after),
            limit=page_size(first),
        )
        return connection(
            "access_log", info.context.read(projection), first, lambda row: row.sequence, access_of
        )

    @strawberry.field(description="Every change, newest first; for auditors.")
    def audit_log(
        self,
        info: RequestInfo,
        target: str = "",
        actor: str = "",
        first: First = 50,
        after: After = None,
    ) -> Connection[AuditEntry]:
        """A page of the audit log."""
        require(info.context.actor, Permission.ORGANISATION_AUDIT_READ)
        projection = AuditLog(
            target=target,
            actor=actor,
            after=read_number_cursor("audit_log", after),
            limit=page_size(first),
        )
        return connection(
            "audit_log", info.context.read(projection), first, lambda row: row.sequence, audit_of
        )


def _served_version(info: RequestInfo, key: AssetKey, version: str) -> str:
    """The asked version where it is served, the first served one where none is asked for, else empty."""
    found = info.context.read(Assets(key.kind, domain=key.domain, name=key.name, limit=1))
    served = [one.version for row in found for one in row.versions if is_served(one.status)]
    return version if version in served else "" if version else next(iter(served), "")
