"""The demo mesh is measured: every planted fault is found by its check, and nothing else blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from waiting import PATIENCE

from catalog.domain.document import Document
from catalog.domain.draft import ProductContent
from catalog.engine.pool import EnginePool
from catalog.engine.source import RootedLocator
from catalog.manifests.folder import read_folder
from catalog.manifests.loader import read_yaml
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read
from catalog.quality.report import Outcome, QualityReport
from catalog.quality.run import run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class StoppedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small mesh, generated as the demo generates it."""
    folder = tmp_path_factory.mktemp("mesh")
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET VARIABLE as_of = CAST(? AS DATE)", [NOW.date()])
        connection.execute("SET VARIABLE scale = CAST(? AS DOUBLE)", [0.02])
        for script in sorted((EXAMPLES / "data").glob("*.sql")):
            (folder / script.stem.replace(".", "/")).mkdir(parents=True)
            connection.execute(script.read_text().replace("{out}", str(folder)))
    return folder


@pytest.fixture(scope="module")
def engine() -> Iterator[EnginePool]:
    pool = EnginePool(workers=1, memory_mb=1024)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def reports(data: Path, engine: EnginePool) -> dict[str, QualityReport]:
    """By product, measured with the contracts of its inputs at hand."""
    manifest = read(read_folder(EXAMPLES / "mesh"))
    return {
        str(product.key): run(
            ProductContent(
                product, _contracts(manifest, (port.contract_id for port in product.output_ports))
            ),
            engine=engine,
            locator=RootedLocator(data),
            clock=StoppedClock(),
            related=_contracts(manifest, (port.contract_id for port in product.input_ports)),
            deadline_seconds=PATIENCE,
        )
        for product in manifest.products
    }


def _contracts(manifest: Manifest, wanted: Iterator[str]) -> tuple[Any, ...]:
    by_id = {contract.id: contract for contract in manifest.contracts}
    return tuple(by_id[identity] for identity in wanted if identity in by_id)


def planted() -> set[tuple[str, str, str]]:
    """Asset, check and dimension of each fault that quality has to catch."""
    document = Document("expectations.yaml", (EXAMPLES / "mesh" / "expectations.yaml").read_bytes())
    content, findings = read_yaml(document)
    assert findings == ()
    assert content is not None
    assert isinstance(content.value, dict)
    faults = content.value["faults"]
    return {(one["asset"], one["check"], one["dimension"]) for one in faults if one["caught_by"] == "quality"}


def test_what_was_planted_is_what_fails(reports: dict[str, QualityReport]) -> None:
    failing = {
        (asset, result.name, str(result.dimension))
        for asset, report in reports.items()
        for result in report.results
        if result.blocks
    }
    assert failing == planted()
    assert len(failing) > 3


def test_everything_was_measured_and_every_failure_says_where_it_was_promised(
    reports: dict[str, QualityReport],
) -> None:
    results = [result for report in reports.values() for result in report.results]
    assert {result.outcome for result in results} == {Outcome.PASS, Outcome.FAIL}
    findings = [finding for report in reports.values() for finding in report.findings]
    assert all(finding.place.file and finding.place.line for finding in findings)


def test_no_table_is_read_for_each_of_its_checks(reports: dict[str, QualityReport]) -> None:
    checks = sum(len(report.results) for report in reports.values())
    assert sum(report.scans for report in reports.values()) < checks / 3
