"""The pure gate: one table row per reason, and all reasons at once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.access.actor import Actor
from catalog.access.sign_off import SignOff, SignOffs
from catalog.adapters.signer import HmacSigner
from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.document import Document
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.governance import Governance
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.metric import Metric, MetricType, SemanticManifest
from catalog.domain.people import Role
from catalog.domain.settlement import Settlement
from catalog.domain.version import Bump
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.publishing.certification import certification_of
from catalog.publishing.gate import Publication, Refusal, is_stale, judge
from catalog.publishing.record import payload_of, record_of, verify, verify_version
from catalog.publishing.snapshot import Dependency, Snapshot
from catalog.quality.report import CheckResult, Outcome, QualityDimension, QualityReport
from catalog.registry.compatibility import Change, ChangeKind, Compatibility
from catalog.registry.ports import PublishedVersion

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PRODUCT = DataProduct("p", "orders", "1.1.0", "v1.0.0", "sales", place=Place("orders.yaml", 1))
CONTRACT = DataContract("c", "1.0.0", "v3.1.0")
DRAFT = Draft(
    PRODUCT.key,
    "1.1.0",
    "sha256:content",
    "sha256:promise",
    ProductContent(PRODUCT, (CONTRACT,)),
    (Document("orders.yaml", b"kind: DataProduct"),),
)
METRIC = Metric("gmv", MetricType.SIMPLE, governance=Governance(domain="sales", tier="tier_1"))
METRIC_DRAFT = Draft(
    METRIC.key, "1.0.0", "sha256:m", "sha256:n", MetricContent(METRIC, SemanticManifest((), (METRIC,))), ()
)
DECISION = Decision(
    "decision-1",
    EnforcementPoint.PUBLISH,
    Verdict.ALLOW,
    (),
    "sha256:bundle",
    "regorus",
    "sha256:view",
    NOW,
    9,
)
RESULT = CheckResult(
    "1",
    "no nulls",
    "null_values",
    "orders",
    "id",
    QualityDimension.COMPLETENESS,
    Level.ERROR,
    Outcome.PASS,
    0.0,
    "0",
    9,
)
REPORT = QualityReport("run-1", (RESULT,), (("orders", "sha256:data"),), "duckdb 2.0.0", NOW, NOW)
GOOD = Snapshot(
    draft=DRAFT,
    findings=(),
    decision=DECISION,
    quality=REPORT,
    compatibility=Compatibility(
        "1.0.0", (Change(ChangeKind.ADDITION, "/a", "new"),), Bump.MINOR, Bump.MINOR, (), ()
    ),
    sign_offs=SignOffs((), ()),
    dependencies=(Dependency("contract crm", Status.ACTIVE, governed=False),),
    versions=(),
    bundle_revision="sha256:bundle",
    view_digest="sha256:view",
    row_version=3,
    judged_at=NOW,
)
WARNING = Finding("ORG-1", "mind this", "mind", Level.WARNING)
ERROR = Finding("ORG-2", "not so", "mend")
PUBLISHED = PublishedVersion(
    DRAFT.key, "1.1.0", Status.ACTIVE, "sha256:other", "sha256:promise", "d", "", {}, NOW, "olga"
)


def product(**changes: Any) -> Draft:
    return replace(DRAFT, content=ProductContent(replace(PRODUCT, **changes), (CONTRACT,)))


def test_a_snapshot_with_nothing_against_it_is_published() -> None:
    assert judge(GOOD) == Publication(())


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"findings": (ERROR,)}, ["ORG-2"]),
        ({"decision": replace(DECISION, verdict=Verdict.DENY, findings=(ERROR,))}, ["ORG-2"]),
        ({"decision": replace(DECISION, verdict=Verdict.ERROR)}, ["POLICY_NOT_DECIDED"]),
        ({"decision": replace(DECISION, verdict=Verdict.DENY, findings=(WARNING,))}, ["POLICY_NOT_DECIDED"]),
        ({"bundle_revision": "sha256:newer"}, ["JUDGEMENT_STALE"]),
        ({"view_digest": "sha256:newer"}, ["JUDGEMENT_STALE"]),
        ({"decision": replace(DECISION, point=EnforcementPoint.CI)}, ["JUDGEMENT_STALE"]),
        ({"quality": None}, ["QUALITY_MISSING"]),
        (
            {"quality": replace(REPORT, results=(replace(RESULT, outcome=Outcome.FAIL, finding=ERROR),))},
            ["ORG-2"],
        ),
        (
            {"quality": replace(REPORT, results=(replace(RESULT, outcome=Outcome.FAIL),))},
            ["QUALITY_CHECK_FAILED"],
        ),
        (
            {"quality": replace(REPORT, results=(replace(RESULT, outcome=Outcome.ERROR),))},
            ["QUALITY_CHECK_FAILED"],
        ),
        ({"compatibility": replace(GOOD.compatibility, findings=(ERROR,))}, ["ORG-2"]),
        (
            {"sign_offs": SignOffs((Role.DOMAIN_OWNER, Role.STEWARD), ())},
            ["SIGN_OFF_MISSING", "SIGN_OFF_MISSING"],
        ),
        ({"versions": (PUBLISHED,)}, ["VERSION_TAKEN"]),
        ({"versions": (replace(PUBLISHED, status=Status.RETIRED),)}, ["VERSION_TAKEN"]),
        ({"draft": product(status="retired")}, ["STATUS_STEP_REFUSED"]),
        ({"draft": product(status="deprecated")}, ["STATUS_STEP_REFUSED"]),
        ({"draft": product(governance=Governance(valid_to="2026-11-20"))}, ["VALIDITY_ENDED"]),
        ({"dependencies": (Dependency("data product crm.leads", None),)}, ["DEPENDENCY_NOT_SERVED"]),
        ({"dependencies": (Dependency("", None),)}, ["DEPENDENCY_UNKNOWN"]),
    ],
)
def test_each_reason_alone_refuses(changes: dict[str, Any], codes: list[str]) -> None:
    judgement = judge(replace(GOOD, **changes))
    assert isinstance(judgement, Refusal)
    assert [one.code for one in judgement.findings if one.blocks] == codes


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"decision": replace(DECISION, findings=(WARNING,))}, ["ORG-1"]),
        (
            {
                "quality": replace(
                    REPORT,
                    results=(replace(RESULT, outcome=Outcome.FAIL, severity=Level.WARNING, finding=WARNING),),
                )
            },
            ["ORG-1"],
        ),
        ({"quality": replace(REPORT, results=(replace(RESULT, outcome=Outcome.SKIPPED),))}, []),
        ({"dependencies": (Dependency("contract crm", None, governed=False),)}, ["DEPENDENCY_NOT_SERVED"]),
        (
            {"dependencies": (Dependency("data product crm.leads", Status.DEPRECATED),)},
            ["DEPENDENCY_DEPRECATED"],
        ),
        ({"draft": product(governance=Governance(valid_to="2026-11-21"))}, []),
        ({"draft": product(governance=Governance(valid_to="some day"))}, []),
        ({"draft": METRIC_DRAFT, "quality": None}, []),
        ({"draft": replace(DRAFT, content=ProductContent(PRODUCT, ())), "quality": None}, []),
        ({"versions": (replace(PUBLISHED, version="1.0.0"),)}, []),
    ],
)
def test_what_does_not_block_is_told(changes: dict[str, Any], codes: list[str]) -> None:
    judgement = judge(replace(GOOD, **changes))
    assert isinstance(judgement, Publication)
    assert [one.code for one in judgement.findings] == codes


def test_every_reason_is_named_at_once_and_blocking_ones_come_first() -> None:
    judgement = judge(
        replace(
            GOOD,
            decision=replace(DECISION, verdict=Verdict.DENY, findings=(WARNING, ERROR)),
            quality=None,
            sign_offs=SignOffs((Role.STEWARD,), ()),
            versions=(PUBLISHED,),
            dependencies=(Dependency("data product crm.leads", None),),
        )
    )
    assert isinstance(judgement, Refusal)
    assert [one.code for one in judgement.findings] == [
        "ORG-2",
        "QUALITY_MISSING",
        "SIGN_OFF_MISSING",
        "VERSION_TAKEN",
        "DEPENDENCY_NOT_SERVED",
        "ORG-1",
    ]


def test_host_findings_point_at_the_document() -> None:
    judgement = judge(replace(GOOD, quality=None))
    assert judgement.findings[0].place == Place("orders.yaml", 1)


def test_a_decision_that_does_not_allow_is_never_called_stale() -> None:
    denied = replace(DECISION, verdict=Verdict.ERROR, input_digest="")
    assert not is_stale(replace(GOOD, decision=denied))
    assert is_stale(replace(GOOD, decision=replace(DECISION, input_digest="")))


SIGNER = HmacSigner("a secret of the tests, long enough")
OLGA = Actor("olga", "orders", "cli")
APPROVED = replace(
    GOOD,
    sign_offs=SignOffs((Role.STEWARD,), (SignOff(Role.STEWARD, "stella", "sha256:promise", NOW),)),
)


def version(snapshot: Snapshot = APPROVED) -> PublishedVersion:
    return replace(PUBLISHED, digest="sha256:content", record=record_of(snapshot, OLGA, SIGNER))


def test_the_record_binds_everything_that_was_judged() -> None:
    payload = payload_of(APPROVED, OLGA)
    assert payload["subject"]["digest"] == "sha256:content"
    assert payload["subject"]["documents"] == {"orders.yaml": DRAFT.documents[0].digest}
    assert payload["policy"]["bundle_revision"] == "sha256:bundle"
    assert payload["quality"]["fingerprints"] == {"orders": "sha256:data"}
    assert payload["sign_offs"]["given"][0]["subject"] == "stella"
    assert (payload["row_version"], payload["judged_at"]) == (3, "2026-11-21T12:00:00+00:00")
    assert payload_of(replace(APPROVED, quality=None), OLGA)["quality"] is None


def test_a_genuine_record_is_verified() -> None:
    assert verify_version(version(), SIGNER)


def _tampered(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "payload": {**record["payload"], "row_version": 4}}


@pytest.mark.parametrize(
    "tamper",
    [
        _tampered,
        lambda record: {**record, "signature": "hmac-sha256:00"},
        lambda record: {**record, "signature": None},
        lambda record: {**record, "key_id": "another"},
        lambda record: {**record, "payload": {"odd": float("nan")}},
        lambda record: {},
    ],
)
def test_a_changed_record_is_no_record(tamper: Any) -> None:
    assert not verify(tamper(dict(version().record)), SIGNER)


def test_a_record_signed_with_another_key_is_no_record() -> None:
    assert not verify_version(version(), HmacSigner("another secret of the tests, as long"))


@pytest.mark.parametrize(
    "changes", [{"version": "1.2.0"}, {"digest": "sha256:x"}, {"definition_digest": "sha256:x"}]
)
def test_a_genuine_record_of_something_else_proves_nothing(changes: dict[str, str]) -> None:
    assert not verify_version(replace(version(), **changes), SIGNER)


@pytest.mark.parametrize(
    ("published", "certified"),
    [
        (version(), True),
        (version(GOOD), False),
        (replace(version(), status=Status.DEPRECATED), False),
        (version(replace(APPROVED, sign_offs=SignOffs((Role.STEWARD,), ()))), False),
        (replace(version(), record={}), False),
    ],
)
def test_certified_is_read_off_the_record(published: PublishedVersion, certified: bool) -> None:
    assert certification_of(published).certified is certified


def test_a_certification_names_who_signed() -> None:
    assert certification_of(version()).signed_by == ("steward: stella",)


SETTLED = Settlement(
    "gmv", AssetKey.parse("metric:finance.gmv"), "sha256:chosen", (), "It is the reported one.", NOW, "daniel"
)


@pytest.mark.parametrize(
    ("key", "digest", "refused"),
    [
        ("metric:sales.gmv", "sha256:other", True),
        ("metric:sales.gmv", "sha256:chosen", False),
        ("metric:finance.gmv", "sha256:other", False),
    ],
)
def test_a_settled_name_keeps_its_meaning(key: str, digest: str, refused: bool) -> None:
    draft = replace(DRAFT, key=AssetKey.parse(key), definition_digest=digest)
    found = judge(replace(GOOD, draft=draft, settlement=SETTLED))
    pointers = [one for one in found.findings if one.code == "METRIC_NAME_SETTLED"]
    assert bool(pointers) is refused
    assert all("finance.gmv" in one.message and one.blocks for one in pointers)
