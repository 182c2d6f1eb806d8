"""Governed metrics as the schema shows them: what they mean, who answers for them, how to group them."""

from collections.abc import Mapping
from typing import Any

import strawberry

from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.lineage import Node
from catalog.domain.metric import MetricType
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.lineage import LineageConnection, lineage_page
from catalog.serving.graphql.types.version import Version, version_of
from catalog.store.projections.assets import AssetRow
from catalog.store.projections.lineage import Direction, Lineage


@strawberry.type(description="What a metric may be grouped and filtered by, in a query's own words.")
class Dimension:
    """One dimension of the models behind a metric."""

    name: str
    type: str
    description: str


@strawberry.type(
    description="A query that a domain saved; its exports are the tables or views it is meant to fill."
)
class SavedQuery:
    """One saved query that asks for the metric."""

    name: str
    description: str
    metrics: list[str]
    group_by: list[str]
    where: list[str]
    exports: list[str]


@strawberry.type(description="A governed metric: the version offered first, and all others beside it.")
class Metric:
    """A metric of one domain."""

    key: str
    domain: str
    name: str
    label: str
    description: str
    type: MetricType
    owner: str
    steward: str
    tier: str
    executive_sponsor: str
    business_goal: str
    status: Status
    version: str
    row_version: int
    definition_digest: str
    data_products: list[str]
    dimensions: list[Dimension]
    saved_queries: list[SavedQuery]
    versions: list[Version]

    @strawberry.field(
        description="What the metric is made from, down to columns and products; or what is made from it."
    )
    def lineage(
        self,
        info: RequestInfo,
        direction: Direction = Direction.UPSTREAM,
        first: int = 50,
        after: str | None = None,
    ) -> LineageConnection:
        """A page of links."""
        node = Node.of(AssetKey.parse(self.key))
        return lineage_page(info, Lineage(node, direction), first, after)


def metric_of(row: AssetRow) -> Metric:
    """The metric as the schema shows it."""
    metric: Mapping[str, Any] = row.summary.get("metric", {})
    governance: Mapping[str, Any] = metric.get("governance", {})
    closure = row.summary.get("closure", {})
    models = closure.get("semantic_models", ())
    return Metric(
        key=str(row.key),
        domain=row.key.domain,
        name=row.key.name,
        label=metric.get("label", ""),
        description=row.description,
        type=MetricType(row.type),
        owner=row.owner,
        steward=row.steward,
        tier=row.tier,
        executive_sponsor=governance.get("executive_sponsor", ""),
        business_goal=governance.get("business_goal", ""),
        status=row.status,
        version=row.version,
        row_version=row.row_version,
        definition_digest=row.definition_digest,
        data_products=sorted({_product(one) for one in (*models, *closure.get("time_spines", ()))} - {""}),
        dimensions=[_TIME, *(dimension for model in models for dimension in _dimensions(model))],
        saved_queries=[_saved(one) for one in row.summary.get("saved_queries", ())],
        versions=[version_of(one) for one in row.versions],
    )


_TIME = Dimension(name="metric_time", type="time", description="The time by which the metric is counted.")


def _saved(query: Mapping[str, Any]) -> SavedQuery:
    lists = {name: list(query.get(name, ())) for name in ("metrics", "group_by", "where", "exports")}
    return SavedQuery(name=query.get("name", ""), description=query.get("description", ""), **lists)


def _product(relation: Mapping[str, Any]) -> str:
    return str(relation.get("governance", {}).get("custom", {}).get("product", ""))


def _dimensions(model: Mapping[str, Any]) -> list[Dimension]:
    own = (one["name"] for one in model.get("entities", ()) if one.get("type") == "primary")
    entity = model.get("primary_entity") or next(own, "")
    return [
        Dimension(
            name=f"{entity}__{one['name']}" if entity else one["name"],
            type=one.get("type", ""),
            description=one.get("description", ""),
        )
        for one in model.get("dimensions", ())
    ]
