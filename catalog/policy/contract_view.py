"""A data contract as rules see it: columns in one flat list, the product's facts where it has none itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.domain.data_contract import (
    DataContract,
    Property,
    QualityRule,
    SchemaObject,
    Server,
    SlaProperty,
)
from catalog.domain.governance import Governance
from catalog.manifests.digest import canonical_json
from catalog.policy.mesh import checks_of, columns_of, normal_name
from catalog.policy.policy_view import (
    ColumnView,
    ContractView,
    LocationView,
    ObjectView,
    QualityView,
    ServerView,
    ServiceLevelView,
)
from catalog.policy.retention import days_of
from catalog.policy.sql_view import contract_sql_faults


def contract_view(index: int, contract: DataContract, product: Governance) -> ContractView:
    """The contract at `/contracts/<index>`.

    `locations` says where its data is: one for each server, or the declared `storageRegion` where it names no
    server. `retention` may also be declared as a service level.
    """
    path = f"/contracts/{index}"
    facts = contract.governance
    custom = custom_view(product.custom) | custom_view(facts.custom)
    columns = [
        _column(f"{path}/columns/{at}", item, name, column)
        for at, (item, name, column) in enumerate(columns_of(contract))
    ]
    servers = [_server(f"{path}/servers/{at}", server) for at, server in enumerate(contract.servers)]
    fallback = custom.get("storageRegion", "")
    locations: list[LocationView] = [
        {"region": server["region"] or fallback, "path": server["path"]} for server in servers
    ]
    retention = custom.get("retention", "") or _retention(contract.sla)
    return {
        "id": contract.id,
        "name": contract.name,
        "version": contract.version,
        "status": contract.status,
        "description": contract.description.strip(),
        "tags": list(contract.tags),
        "regimes": list(facts.regimes or product.regimes),
        "lawfulBasis": custom.get("lawfulBasis", ""),
        "retention": retention,
        "retentionDays": days_of(retention),
        "servers": servers,
        "locations": locations or [{"region": fallback, "path": path}],
        "sla": [_service_level(f"{path}/sla/{at}", one) for at, one in enumerate(contract.sla)],
        "objects": [_object(f"{path}/objects/{at}", item) for at, item in enumerate(contract.schema)],
        "columns": columns,
        "quality": [_check(f"{path}/quality/{at}", one) for at, one in enumerate(checks_of(contract))],
        "sqlFaults": contract_sql_faults(path, contract),
        "classifications": sorted({one["classification"] for one in columns if one["classification"]}),
        "custom": custom,
        "path": path,
    }


def column_names(contracts: Iterable[ContractView]) -> list[str]:
    """The normal names of all columns in contract views."""
    return [column["normalName"] for contract in contracts for column in contract["columns"]]


def custom_view(properties: Mapping[str, Any]) -> dict[str, str]:
    """Declared properties as text."""
    return {str(key): text(value) for key, value in properties.items()} if properties else {}


def text(value: object) -> str:
    """A declared value as text; what has parts as canonical JSON."""
    if value is None or isinstance(value, str):
        return (value or "").strip()
    return canonical_json(value).decode()


def _column(path: str, item: str, name: str, column: Property) -> ColumnView:
    custom = custom_view(column.custom)
    return {
        "object": item,
        "name": name,
        "normalName": normal_name(name),
        "logicalType": column.logical_type,
        "physicalType": column.physical_type,
        "description": column.description.strip(),
        "classification": column.classification.strip().lower(),
        "masking": (custom.get("masking") or ("encryption" if column.encrypted_name else "")).lower(),
        "required": column.required,
        "unique": column.unique,
        "primaryKey": column.primary_key,
        "critical": column.critical,
        "tags": list(column.tags),
        "custom": custom,
        "path": path,
    }


def _object(path: str, item: SchemaObject) -> ObjectView:
    return {"name": item.name, "granularity": item.granularity.strip(), "path": path}


def _check(path: str, one: QualityRule) -> QualityView:
    return {"name": one.name, "dimension": one.dimension, "query": one.query, "path": path}


def _server(path: str, server: Server) -> ServerView:
    declared = server.options
    region = declared.get("region") or declared.get("regionName") or _custom_region(declared)
    return {
        "name": server.name,
        "type": server.type,
        "environment": server.environment,
        "region": text(region),
        "path": path,
    }


def _custom_region(options: Mapping[str, Any]) -> object:
    properties = options.get("customProperties")
    if not isinstance(properties, list):
        return ""
    found = (
        one.get("value") for one in properties if isinstance(one, dict) and one.get("property") == "region"
    )
    return next(found, "")


def _service_level(path: str, one: SlaProperty) -> ServiceLevelView:
    return {
        "property": one.property,
        "value": text(one.value),
        "unit": one.unit,
        "element": one.element,
        "path": path,
    }


def _retention(levels: Iterable[SlaProperty]) -> str:
    declared = (one for one in levels if one.property.lower() == "retention")
    return next((f"{text(one.value)}{one.unit}" for one in declared), "")
