"""The one flow on documents that nobody here wrote: the official ODCS and ODPS examples."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.access.actor import Actor
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.bootstrap import Services
from catalog.config import Settings
from catalog.domain.document import Document
from catalog.domain.finding import Finding
from catalog.domain.people import Role
from catalog.manifests.read import read
from catalog.publishing.publish import PublishCommand, PublishOutcome, publish
from catalog.publishing.review import registration_review
from catalog.registry.ownership import in_domain
from catalog.registry.register import register
from catalog.store import migrate

pytestmark = [pytest.mark.fixtures, pytest.mark.xdist_group("official")]
ADA = Actor("ada", "official", "tests", {"*": frozenset({Role.DOMAIN_OWNER})})
NAMES = [
    *(("odcs/examples", name) for name in (
        "all/full-example", "all/postgresql-adventureworks-contract", "data-types/all-data-types",
        "fundamentals/table-column-description", "quality/column-accuracy", "quality/column-completeness",
        "quality/column-custom", "quality/column-validity", "roles/service-and-operational-roles",
        "schema/all-schema-types", "schema/kafka-schema", "schema/kafka-schemaregistry", "schema/table-column",
        "schema/table-columns-with-partition", "server/azure-server", "server/kafka-server",
        "sla/database-table-sla", "stakeholders/basic-four-dpo",
    )),
    *(("odps/docs/examples", name) for name in ("customer-data-product", "simple-data-product")),
]  # fmt: skip


@pytest.fixture(scope="module")
def rego() -> Iterator[EmbeddedRego]:
    engine = EmbeddedRego()
    yield engine
    engine.close()


@pytest.fixture
def services(tmp_path: Path, rego: EmbeddedRego) -> Iterator[Services]:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    migrate.upgrade(url)
    opened = Services(Settings(data_root=str(tmp_path), database_url=url, demo=True))
    opened.__dict__["policy_engine"] = rego  # one worker serves all of these tests
    yield opened
    opened.__dict__.pop("policy_engine")
    opened.close()


def document(folder: Path, kind: str, name: str) -> Document:
    path = folder / kind / f"{name}.{kind[:4]}.yaml"
    return Document(path.name, path.read_bytes())


def judged(services: Services, given: Document) -> PublishOutcome:
    gate = services.gate
    manifest = in_domain(read([given]), "official")
    (registration,) = register(
        manifest, ADA, gate.open_unit, gate.clock, review=registration_review(ADA, gate)
    )
    assert registration.stored
    return publish(PublishCommand(registration.key), ADA, gate)


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {one.code for one in findings if one.blocks}


def test_every_official_example_is_tried(fixtures_folder: Path) -> None:
    found = {
        (kind, path.relative_to(fixtures_folder / kind).as_posix().removesuffix(f".{kind[:4]}.yaml"))
        for kind in ("odcs/examples", "odps/docs/examples")
        for path in (fixtures_folder / kind).rglob("*.yaml")
    }
    assert found == set(NAMES)


@pytest.mark.parametrize(("kind", "name"), NAMES, ids=[name for _, name in NAMES])
def test_an_official_example_is_registered_and_judged(
    services: Services, fixtures_folder: Path, kind: str, name: str
) -> None:
    given = document(fixtures_folder, kind, name)
    outcome = judged(services, given)
    assert not outcome.published, "nobody keeps it, and its data is not here"
    assert codes(outcome.findings) & {"ORG-OWN-002", "ORG-CTR-001"}, "no steward, or no contract"
    assert all(one.remedy and one.message for one in outcome.findings)
    assert {one.place.file for one in outcome.findings} <= {given.path, ""}
    with services.store.open(ADA, read_only=True) as unit:
        assert unit.versions.served() == ()
        draft = unit.drafts.latest(outcome.key)
        assert draft is not None
        assert [one.data for one in draft.documents] == [given.data], "the original is kept byte for byte"


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("odcs/examples", "all/full-example", {"SERVER_UNSUPPORTED", "QUALITY_RULE_INVALID"}),
        ("odcs/examples", "all/postgresql-adventureworks-contract", {"ORG-PRV-001", "SERVER_UNSUPPORTED"}),
        ("odcs/examples", "server/azure-server", {"ORG-OWN-001", "ORG-SLO-001"}),
        ("odps/docs/examples", "simple-data-product", {"ORG-CTR-001"}),
    ],
)
def test_the_verdict_names_what_is_wrong_with_it(
    services: Services, fixtures_folder: Path, kind: str, name: str, expected: set[str]
) -> None:
    assert expected <= codes(judged(services, document(fixtures_folder, kind, name)).findings)
