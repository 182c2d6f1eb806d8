"""TPC-H as a domain of a mesh: products, contracts and metrics as documents, through the real gate."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
import yaml

from catalog.access.actor import EVERYWHERE, SYSTEM, Actor
from catalog.bootstrap import Services
from catalog.domain.document import Document
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.people import Role
from catalog.manifests.read import read
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.review import registration_review
from catalog.registry.register import register
from catalog.store import migrate
from catalog.store.issue import issue

TABLES: Final = {"lineitem": "l_line_id", "orders": "o_orderkey", "customer": "c_custkey"}
_SHOWN: Final = {
    "lineitem": "row_number() OVER () AS l_line_id, *",
    "orders": "*",
    "customer": "* EXCLUDE (c_name, c_address, c_phone)",  # personal data would have to be masked
}
METRICS: Final = ("revenue", "quantity", "orders", "return_rate", "revenue_per_order")
_HERE: Final = Path(__file__).resolve().parent
_LOGICAL: Final = {"BIGINT": "integer", "INTEGER": "integer", "VARCHAR": "string", "DATE": "date"}
_PEOPLE: Final = [
    {"property": "owner", "value": "owner"},
    {"property": "steward", "value": "steward"},
    {"property": "storageRegion", "value": "eu-central-1"},
]
_STANDARD: Final = {
    "version": "1.0.0",
    "status": "draft",
    "domain": "tpch",
    "tags": ["tpch"],
    "customProperties": _PEOPLE,
}
_NEWEST: Final = {"lineitem": "l_shipdate", "orders": "o_orderdate"}
_NOT_EMPTY: Final = {
    "name": "there are rows",
    "description": "An empty table is a failed load.",
    "type": "library",
    "dimension": "coverage",
    "severity": "error",
    "metric": "rowCount",
    "mustBeGreaterThan": 0,
}


def load(source: Path, root: Path) -> None:
    """The three tables as Parquet below the data root; lines get a number of their own as a key."""
    (root / "tpch").mkdir(parents=True)
    with duckdb.connect() as connection:
        for table, columns in _SHOWN.items():
            connection.execute(
                f"COPY (SELECT {columns} FROM '{source}/{table}.parquet') TO '{root}/tpch/{table}.parquet'"
            )


def serve_metrics(services: Services) -> str:
    """Register and publish everything; the token of a consumer. Raises `RuntimeError` where the gate refuses."""
    migrate.upgrade(services.settings.database_url)
    owner = _actor("owner", Role.DOMAIN_OWNER, "tpch")
    gate = services.gate
    manifest = read(list(_documents(Path(services.settings.data_root))))
    register(manifest, owner, gate.open_unit, gate.clock, review=registration_review(owner, gate))
    products = [AssetKey(AssetKind.DATA_PRODUCT, "tpch", table) for table in TABLES]
    for key in (*products, *(AssetKey(AssetKind.METRIC, "tpch", name) for name in METRICS)):
        outcome = publish(PublishCommand(key), owner, gate)
        if not outcome.published:
            raise RuntimeError(f"{key} was refused: {[one.message for one in outcome.findings]}")
    expires = services.clock.now() + timedelta(days=1)
    return issue(services.store, _actor("bi", Role.CONSUMER, EVERYWHERE), expires, SYSTEM)[0]


def _actor(name: str, role: Role, domain: str) -> Actor:
    return Actor(name, "tpch", "benchmark", {domain: frozenset({role})})


def _documents(root: Path) -> Iterator[Document]:
    for table in TABLES:
        yield _document(f"{table}.odps.yaml", _product(table))
        yield _document(f"{table}.odcs.yaml", _contract(table, root))
    parts = list(yaml.safe_load_all((_HERE / "metrics.yaml").read_text(encoding="utf-8")))
    models = [one["semantic_model"] for one in parts if "semantic_model" in one]
    metrics = [one["metric"] for one in parts if "metric" in one]
    yield _document(
        "metrics.yaml",
        {
            "semantic_models": [_governed_model(one) for one in models],
            "metrics": [_governed_metric(one) for one in metrics],
        },
    )


def _document(path: str, content: Any) -> Document:
    return Document(path, yaml.safe_dump(content, sort_keys=False).encode())


def _product(table: str) -> dict[str, Any]:
    port = {"name": table, "description": f"Rows of {table}.", "type": "tables", "version": "1.0.0"}
    return _STANDARD | {
        "apiVersion": "v1.0.0",
        "kind": "DataProduct",
        "id": f"tpch-{table}-product",
        "name": table,
        "description": {"purpose": f"{table} of TPC-H.", "limitations": "Made up.", "usage": "Benchmarks."},
        "outputPorts": [port | {"contractId": f"tpch-{table}"}],
    }


def _contract(table: str, root: Path) -> dict[str, Any]:
    with duckdb.connect() as connection:
        columns = connection.execute(f"DESCRIBE FROM '{root}/tpch/{table}.parquet'").fetchall()
    return _STANDARD | {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"tpch-{table}",
        "name": table,
        "dataProduct": table,
        "description": {"purpose": f"{table} of TPC-H."},
        "servers": [
            {"server": "files", "type": "local", "path": f"tpch/{table}.parquet", "format": "parquet"}
        ],
        "schema": [
            {
                "name": table,
                "logicalType": "object",
                "physicalType": "table",
                "description": f"Rows of {table}.",
                "dataGranularityDescription": f"one row per {TABLES[table]}",
                "quality": [_NOT_EMPTY],
                "properties": [_property(name, kind, TABLES[table]) for name, kind, *_ in columns],
            }
        ],
        "slaProperties": [_promised("retention", table)]
        + [_promised("latency", table) for _ in range(table in _NEWEST)],
    }


def _promised(what: str, table: str) -> dict[str, Any]:
    element = f"{table}.{_NEWEST.get(table, TABLES[table])}"
    return {"property": what, "value": 36_500, "unit": "d", "element": element}


def _property(name: str, kind: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "logicalType": _LOGICAL.get(kind, "number"),
        "physicalType": kind,
        "description": f"{name} of TPC-H.",
        "classification": "internal",
    }
    return found | ({"primaryKey": True, "primaryKeyPosition": 1, "required": True} if name == key else {})


def _governed_model(model: dict[str, Any]) -> dict[str, Any]:
    meta = {"domain": "tpch", "product": f"tpch.{model['name']}"}
    described = {"description": f"{model['name']} of TPC-H.", "config": {"meta": meta}}
    table = {"model": f"ref('{model.pop('node_relation')['alias']}')"}
    for part in model.get("dimensions", ()):
        part["description"] = f"{part['name']} of TPC-H."
    return model | table | described


def _governed_metric(metric: dict[str, Any]) -> dict[str, Any]:
    meta = {
        "domain": "tpch",
        "owner": "owner",
        "steward": "steward",
        "tier": "tier_3",
        "businessGoal": "Know what a governed number costs.",
        "reviewCadence": "P6M",
        "version": "1.0.0",
    }
    described = {
        "label": metric["name"],
        "description": f"{metric['name']} of TPC-H.",
        "config": {"meta": meta},
    }
    return metric | described
