"""The document that rules see: everything typed, everything present.

Text that is not declared is "", a list with nothing in it is []; no value is null, so two engines cannot
disagree about what is missing. Its types are those of `policy_view`, from which the published schema is written. Each
element has a `path`, the JSON pointer by which a violation names it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from catalog.domain.data_contract import TeamMember
from catalog.domain.data_product import DataProduct, OutputPort
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.governance import Governance
from catalog.policy.contract_view import column_names, contract_view, custom_view, text
from catalog.policy.decision import EnforcementPoint
from catalog.policy.mesh import MeshFacts, mesh_facts
from catalog.policy.policy_view import (
    AssetView,
    ContractView,
    GovernanceView,
    InputPortView,
    MetricView,
    OutputPortView,
    PolicyView,
    PreviousColumnView,
    PreviousView,
    ProductView,
)
from catalog.policy.sql_view import metric_sql_faults

__all__ = ["MeshFacts", "mesh_facts", "view_of"]


def view_of(
    draft: Draft, point: EnforcementPoint, *, now: datetime, mesh: MeshFacts, previous: Draft | None = None
) -> PolicyView:
    """The view of a draft at an enforcement point; `previous` is the live version that it would follow."""
    instant = now.astimezone(UTC).replace(microsecond=0)
    content = draft.content
    product, metric = _NO_PRODUCT, _NO_METRIC
    contracts: list[ContractView] = []
    if isinstance(content, ProductContent):
        product, contracts = _product(content), _contracts(content)
    else:
        metric = _metric(content, mesh)
    return {
        "point": point.value,
        "kind": draft.key.kind.value,
        "domain": draft.key.domain,
        "now": instant.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "today": instant.date().isoformat(),
        "asset": _asset(draft),
        "product": product,
        "metric": metric,
        "contracts": contracts,
        "previous": _previous(previous),
        "mesh": mesh.beside(draft.key, column_names(contracts), metric["products"]),
    }


def owner_of(draft: Draft) -> str:
    """Who owns the asset as rules see it; empty where nobody is named."""
    if isinstance(draft.content, ProductContent):
        product = draft.content.product
        return product.governance.owner or _member(product.team, "owner")
    return draft.content.metric.governance.owner


def _asset(draft: Draft) -> AssetView:
    content = draft.content
    if isinstance(content, ProductContent):
        product = content.product
        told, facts, team = product.purpose, product.governance, product.team
        status, tags = product.status, list(product.tags)
    else:
        told, facts, team = content.metric.description, content.metric.governance, ()
        status, tags = text(facts.custom.get("status")), _texts(facts.custom.get("tags"))
    return {
        "key": str(draft.key),
        "name": draft.key.name,
        "version": draft.version,
        "status": status,
        "description": told.strip(),
        "definitionDigest": draft.definition_digest,
        "tags": tags,
        "owner": owner_of(draft),
        "steward": facts.steward or _member(team, "steward"),
        **_governance(facts),
        "custom": custom_view(facts.custom),
        "path": "/asset",
    }


def _governance(facts: Governance) -> GovernanceView:
    return {
        "businessGoal": facts.business_goal,
        "executiveSponsor": facts.executive_sponsor,
        "knownLimitations": facts.known_limitations,
        "purpose": facts.purpose,
        "regimes": list(facts.regimes),
        "replacedBy": facts.replaced_by,
        "reviewCadence": facts.review_cadence,
        "tier": facts.tier,
        "validFrom": facts.valid_from,
        "validTo": facts.valid_to,
    }


def _member(team: Sequence[TeamMember], role: str) -> str:
    """Who holds a role in the team at present, `owner` as much as `Data Owner`."""
    present = (one for one in team if not one.date_out and one.role.lower().split()[-1:] == [role])
    return next((one.username or one.name for one in present), "")


def _product(content: ProductContent) -> ProductView:
    product = content.product
    offered = {contract.id for contract in content.contracts}
    return {
        "id": product.id,
        "limitations": product.limitations,
        "usage": product.usage,
        "inputPorts": _input_ports(product),
        "outputPorts": [
            _output_port(index, port, offered) for index, port in enumerate(product.output_ports)
        ],
        "managementPorts": [
            {"name": port.name, "content": port.content, "path": f"/product/managementPorts/{index}"}
            for index, port in enumerate(product.management_ports)
        ],
        "support": list(product.support),
        "path": "/product",
    }


def _contracts(content: ProductContent) -> list[ContractView]:
    governance = content.product.governance
    return [contract_view(index, contract, governance) for index, contract in enumerate(content.contracts)]


def _input_ports(product: DataProduct) -> list[InputPortView]:
    return [
        {
            "name": port.name,
            "version": port.version,
            "contractId": port.contract_id,
            "path": f"/product/inputPorts/{index}",
        }
        for index, port in enumerate(product.input_ports)
    ]


def _output_port(index: int, port: OutputPort, offered: set[str]) -> OutputPortView:
    return {
        "name": port.name,
        "version": port.version,
        "type": port.type,
        "description": port.description,
        "contractId": port.contract_id,
        "hasContract": port.contract_id in offered,
        "path": f"/product/outputPorts/{index}",
    }


def _metric(content: MetricContent, mesh: MeshFacts) -> MetricView:
    metric = content.metric
    return {
        "name": metric.name,
        "label": metric.label,
        "type": metric.type.value,
        "products": sorted(filter(None, content.closure.products)),
        "sqlFaults": metric_sql_faults(content.closure, mesh),
        "path": "/metric",
    }


def _previous(draft: Draft | None) -> PreviousView:
    if draft is None:
        return {"exists": False, "version": "", "definitionDigest": "", "columns": []}
    contracts = draft.content.contracts if isinstance(draft.content, ProductContent) else ()
    columns: list[PreviousColumnView] = [
        {
            "object": column["object"],
            "name": column["name"],
            "logicalType": column["logicalType"],
            "classification": column["classification"],
        }
        for index, contract in enumerate(contracts)
        for column in contract_view(index, contract, Governance())["columns"]
    ]
    return {
        "exists": True,
        "version": draft.version,
        "definitionDigest": draft.definition_digest,
        "columns": columns,
    }


def _texts(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [text(item) for item in value]
    return [text(value)] if value else []


_NO_PRODUCT: Final[ProductView] = {
    "id": "",
    "limitations": "",
    "usage": "",
    "inputPorts": [],
    "outputPorts": [],
    "managementPorts": [],
    "support": [],
    "path": "/product",
}
_NO_METRIC: Final[MetricView] = {
    "name": "",
    "label": "",
    "type": "",
    "products": [],
    "sqlFaults": [],
    "path": "/metric",
}
