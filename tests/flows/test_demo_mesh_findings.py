"""Every planted fault of the demo mesh is found by the rule or check meant for it; nothing else blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_demo_mesh_data import DOMAINS, EXAMPLES, expectations, generate
from waiting import PATIENCE

from catalog.access.sign_off import required_roles
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.document import Document
from catalog.domain.draft import Draft, ProductContent
from catalog.domain.finding import blocking
from catalog.engine.pool import EnginePool
from catalog.engine.source import RootedLocator
from catalog.manifests.folder import read_folder
from catalog.manifests.read import read
from catalog.policy.decide import decide
from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.policy.load import load_bundle
from catalog.policy.view import mesh_facts
from catalog.publishing.evaluate import definition_findings
from catalog.quality.run import run
from catalog.registry.drafts import drafts_of

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@dataclass(frozen=True)
class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True)
class Found:
    """What blocks one asset: the rule, the check with its dimension, or the missing role."""

    by: str
    name: str
    dimension: str = ""


EXPECTED = expectations()
REFUSED = tuple(dict.fromkeys(fault["asset"] for fault in EXPECTED["faults"]))


@pytest.fixture(scope="module")
def engine() -> Iterator[EnginePool]:
    pool = EnginePool(workers=1, memory_mb=1024)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def rego() -> Iterator[EmbeddedRego]:
    engine = EmbeddedRego()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def locator(tmp_path_factory: pytest.TempPathFactory) -> RootedLocator:
    """A hundredth of the data, as it would be made at `NOW`."""
    return RootedLocator(generate(tmp_path_factory.mktemp("data"), NOW.date(), 0.01))


@pytest.fixture(scope="module")
def drafts() -> dict[str, Draft]:
    found: dict[str, Draft] = {}
    for domain in DOMAINS:
        manifest = read(read_folder(EXAMPLES / "mesh" / domain))
        made, findings = drafts_of(manifest)
        assert [str(one) for one in (*manifest.findings, *findings)] == []
        found |= {str(draft.key): draft for draft in made}
    return found


@pytest.fixture(scope="module")
def blocked(
    drafts: dict[str, Draft], engine: EnginePool, rego: EmbeddedRego, locator: RootedLocator
) -> dict[str, list[Found]]:
    """What blocks each asset, judged in the order of the expectations."""
    bundle = load_bundle(ROOT / "policies")
    served: list[Draft] = []
    found: dict[str, list[Found]] = {}
    for key in (*EXPECTED["published"], *REFUSED):
        draft = drafts[key]
        decision = decide(
            draft,
            EnforcementPoint.PUBLISH,
            bundle=bundle,
            engine=rego,
            now=NOW,
            mesh=mesh_facts(served),
            deadline_seconds=PATIENCE,
        )
        assert decision.verdict is not Verdict.ERROR
        found[key] = [
            *(Found("definition", finding.code) for finding in blocking(definition_findings(draft))),
            *(Found("policy", finding.code) for finding in blocking(decision.findings)),
            *(quality_faults(draft, served, engine, locator)),
            *(Found("sign_off", role) for role in missing_roles(draft)),
        ]
        if key in EXPECTED["published"]:
            served.append(draft)
    return found


def quality_faults(
    draft: Draft, served: list[Draft], engine: EnginePool, locator: RootedLocator
) -> Iterator[Found]:
    if not isinstance(draft.content, ProductContent):
        return
    inputs = {port.contract_id for port in draft.content.product.input_ports}
    related = [
        contract
        for one in served
        if isinstance(one.content, ProductContent)
        for contract in one.content.contracts
        if contract.id in inputs
    ]
    report = run(
        draft.content,
        engine=engine,
        locator=locator,
        clock=FixedClock(),
        related=related,
        deadline_seconds=PATIENCE,
    )
    for result in report.results:
        if result.blocks:
            yield Found("quality", result.name, result.dimension)


def missing_roles(draft: Draft) -> list[str]:
    given = {one["asset"]: one["roles"] for one in EXPECTED["sign_offs"]}.get(str(draft.key), [])
    return [role.value for role in required_roles(draft) if role.value not in given]


@pytest.mark.parametrize("key", EXPECTED["published"])
def test_nothing_blocks_what_is_meant_to_be_published(key: str, blocked: dict[str, list[Found]]) -> None:
    assert blocked[key] == []


@pytest.mark.parametrize("key", REFUSED)
def test_a_faulty_asset_is_blocked_by_its_planted_faults_and_by_nothing_else(
    key: str, blocked: dict[str, list[Found]]
) -> None:
    faults = [fault for fault in EXPECTED["faults"] if fault["asset"] == key]
    names = {"policy": "code", "quality": "check", "sign_off": "role"}
    planted = {
        Found(one["caught_by"], one[names[one["caught_by"]]], one.get("dimension", "")) for one in faults
    }
    assert set(blocked[key]) == planted
    assert len(blocked[key]) == len(planted)


def test_no_sign_off_is_given_that_nobody_asks_for(drafts: dict[str, Draft]) -> None:
    for one in EXPECTED["sign_offs"]:
        asked = {role.value for role in required_roles(drafts[one["asset"]])}
        assert set(one["roles"]) <= asked, one["asset"]


@pytest.mark.parametrize("domain", ["logistics", "finance", "marketing"])
def test_the_starter_passes_the_rules_of_the_organisation_and_of_any_domain(
    domain: str, rego: EmbeddedRego
) -> None:
    documents = [
        Document(one.path, one.data.replace(b"DOMAIN", domain.encode()))
        for one in read_folder(EXAMPLES / "starter")
    ]
    made, findings = drafts_of(read(documents))
    assert findings == ()
    assert len(made) == 2
    for draft in made:
        decision = decide(
            draft,
            EnforcementPoint.PUBLISH,
            bundle=load_bundle(ROOT / "policies"),
            engine=rego,
            now=NOW,
            mesh=mesh_facts([]),
            deadline_seconds=PATIENCE,
        )
        assert decision.allows
        assert decision.findings == ()
