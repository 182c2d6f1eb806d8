"""The demo mesh: its documents can be read, its data follows from them, and the planted faults are in it."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from catalog.domain.document import Document
from catalog.domain.identity import AssetKey
from catalog.engine.generate import generate as run_scripts
from catalog.manifests.folder import read_folder
from catalog.manifests.loader import read_yaml
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DOMAINS = ("platform", "sales", "marketing", "finance", "operations")
AS_OF = date(2026, 11, 21)
SCALE = 0.02


def generate(folder: Path, as_of: date, scale: float) -> Path:
    """The mesh's data under `folder`, as the demo makes it, with less of it."""
    for _ in run_scripts(EXAMPLES / "data", folder, as_of, scale=scale):
        pass
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("mesh"), AS_OF, SCALE)


@pytest.fixture
def tables(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Each object of the mesh as a view."""
    with opened(data) as connection:
        yield connection


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for file in folder.rglob("*.parquet"):
        connection.execute(f"CREATE VIEW {file.stem} AS FROM read_parquet('{file}')")
    return connection


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def manifest_of(folder: str) -> Manifest:
    return read(read_folder(EXAMPLES / folder))


def expectations() -> dict[str, Any]:
    document = Document("expectations.yaml", (EXAMPLES / "mesh" / "expectations.yaml").read_bytes())
    content, findings = read_yaml(document)
    assert findings == ()
    assert content is not None
    assert isinstance(content.value, dict)
    return content.value


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_reads_without_a_finding(domain: str) -> None:
    manifest = manifest_of(f"mesh/{domain}")
    assert [str(finding) for finding in manifest.findings] == []
    assert manifest.products
    assert {product.domain for product in manifest.products} == {domain}
    assert {metric.governance.domain for metric in manifest.semantic.metrics} <= {domain}


def test_the_starter_reads_without_a_finding_for_any_domain() -> None:
    documents = [
        Document(one.path, one.data.replace(b"DOMAIN", b"logistics"))
        for one in read_folder(EXAMPLES / "starter")
    ]
    manifest = read(documents)
    assert [str(finding) for finding in manifest.findings] == []
    assert [str(product.key) for product in manifest.products] == ["data_product:logistics.requests"]
    assert [str(metric.key) for metric in manifest.semantic.metrics] == ["metric:logistics.request_count"]


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_contract_promises_the_very_columns_and_types_of_its_data(domain: str, data: Path) -> None:
    for contract in manifest_of(f"mesh/{domain}").contracts:
        (server,) = contract.servers
        for item in contract.schema:
            file = data / str(server.options["path"]).replace("{object}", item.name)
            described = duckdb.sql(f"DESCRIBE FROM read_parquet('{file}')").fetchall()
            assert {row[0]: row[1] for row in described} == {
                one.column: one.physical_type for one in item.properties
            }, f"{contract.id}.{item.name}"


def test_a_semantic_model_reads_an_object_that_its_product_offers() -> None:
    offered = {
        (f"{contract.domain}.{contract.data_product}", item.name)
        for domain in DOMAINS
        for contract in manifest_of(f"mesh/{domain}").contracts
        for item in contract.schema
    }
    for domain in DOMAINS:
        for model in manifest_of(f"mesh/{domain}").semantic.semantic_models:
            assert (model.product, model.relation) in offered, model.name


def test_every_file_of_data_is_under_contract(data: Path) -> None:
    declared = {
        str(contract.servers[0].options["path"]).replace("{object}", item.name)
        for domain in DOMAINS
        for contract in manifest_of(f"mesh/{domain}").contracts
        for item in contract.schema
    }
    assert {file.relative_to(data).as_posix() for file in data.rglob("*.parquet")} == declared


@pytest.mark.parametrize(
    ("fault", "query", "share"),
    [
        ("missing e-mail", "SELECT count(*) FROM customers WHERE email IS NULL", 1500),
        (
            "truncated ZIP code",
            "SELECT count(*) FROM customers ANTI JOIN zip_codes USING (zip_code, city, state)",
            1200,
        ),
        (
            "lead that buys already",
            "SELECT count(*) FROM leads JOIN buyers ON email_digest = sha256(lower(email))",
            1600,
        ),
        ("foreign currency", "SELECT count(*) FROM invoices WHERE currency <> 'USD'", 2667),
    ],
)
def test_a_planted_fault_is_in_the_data_as_often_as_planted(
    fault: str, query: str, share: int, tables: duckdb.DuckDBPyConnection
) -> None:
    assert count(tables, query) == pytest.approx(share * SCALE, abs=1)


def test_a_truncated_zip_code_still_looks_like_one(tables: duckdb.DuckDBPyConnection) -> None:
    assert (
        count(tables, "SELECT count(*) FROM customers WHERE NOT regexp_full_match(zip_code, '[0-9]{5}')") == 0
    )


def test_leading_zeros_are_lost_where_zip_codes_are_numbers(tables: duckdb.DuckDBPyConnection) -> None:
    assert count(tables, "SELECT count(*) FROM stores WHERE zip_code LIKE '0%'") > 0
    assert count(tables, "SELECT count(*) FROM leads WHERE zip_code < 10000") > 0


def test_the_newest_stock_count_is_nine_days_old(tables: duckdb.DuckDBPyConnection) -> None:
    newest = tables.execute("SELECT max(counted_on) FROM stock_levels").fetchone()
    assert newest is not None
    assert (AS_OF - newest[0]).days == 9


@pytest.mark.parametrize(
    "as_of", [AS_OF, date(2027, 3, 9), date(2027, 3, 20), date(2028, 2, 29), date(2026, 12, 31)], ids=str
)
def test_on_any_day_the_data_ends_the_night_before_and_clocks_were_wrong_in_spring(
    as_of: date, tmp_path: Path
) -> None:
    with opened(generate(tmp_path / "mesh", as_of, 0.01)) as tables:
        wrong = "departed_at_local <> timezone(warehouse_timezone, timezone('UTC', departed_at))"
        assert count(tables, f"SELECT count(*) FROM shipments WHERE {wrong}") > 0
        assert count(tables, f"SELECT count(*) FROM shipments WHERE {wrong} AND month(departed_at) > 4") == 0
        for column, table in (
            ("ordered_at", "orders"),
            ("requested_at", "inference_requests"),
            ("spent_on", "campaign_spend"),
        ):
            newest = tables.execute(f"SELECT max({column})::DATE FROM {table}").fetchone()
            assert newest is not None
            assert (as_of - newest[0]).days == 1


def test_the_same_day_gives_the_same_data(tmp_path: Path) -> None:
    digests = []
    for name in ("once", "twice"):
        with opened(generate(tmp_path / name, AS_OF, 0.005)) as tables:
            names = [
                row[0]
                for row in tables.execute(
                    "SELECT view_name FROM duckdb_views() WHERE NOT internal"
                ).fetchall()
            ]
            digests.append(
                {
                    table: tables.execute(
                        f"SELECT md5(string_agg(one::VARCHAR, '|' ORDER BY one::VARCHAR)) FROM {table} AS one"
                    ).fetchone()
                    for table in names
                }
            )
    assert len(digests[0]) == 18
    assert digests[0] == digests[1]


def test_the_three_meanings_of_gross_merchandise_value_differ(tables: duckdb.DuckDBPyConnection) -> None:
    finance = count(tables, "SELECT sum(gross_amount) FROM orders")
    sales = count(tables, "SELECT sum(gross_amount - refund_amount) FROM orders WHERE status <> 'cancelled'")
    marketing = count(tables, "SELECT sum(gross_amount) FROM orders WHERE campaign_id IS NOT NULL")
    assert finance > sales > marketing > 0


def test_expectations_speak_of_every_asset_and_of_no_other() -> None:
    expected = expectations()
    published = [AssetKey.parse(key) for key in expected["published"]]
    refused = {AssetKey.parse(fault["asset"]) for fault in expected["faults"]}
    assets = {key for domain in DOMAINS for key in keys_of(manifest_of(f"mesh/{domain}"))}
    assert len(published) == len(set(published))
    assert not refused & set(published)
    assert refused | set(published) == assets
    assert {AssetKey.parse(one["asset"]) for one in expected["sign_offs"]} <= assets


def keys_of(manifest: Manifest) -> set[AssetKey]:
    return {product.key for product in manifest.products} | {
        metric.key for metric in manifest.semantic.metrics
    }


def test_the_page_of_the_mesh_tells_every_planted_fault() -> None:
    page = (EXAMPLES / "README.md").read_text()
    for fault in expectations()["faults"]:
        name = fault["asset"].partition(":")[2]
        assert re.search(
            rf"^\| `{re.escape(name)}` \|.*`{re.escape(fault.get('check') or fault['code'])}`",
            page,
            re.MULTILINE,
        ), name


def test_a_fault_is_marked_where_it_is_planted() -> None:
    marked = {
        script.stem for script in (EXAMPLES / "data").glob("*.sql") if "-- planted:" in script.read_text()
    }
    faulty = {fault["asset"] for fault in expectations()["faults"]}
    assert {f"data_product:{name}" for name in marked} == {
        key for key in faulty if key.startswith("data_product:")
    }
