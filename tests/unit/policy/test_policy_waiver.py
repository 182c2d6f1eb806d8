"""Waivers pass over what is known until a date, and are seen wherever they do."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from unit.policy.policy_examples import NOW, bundle_of, policy_folder, product_draft, reporting
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.errors import BundleInvalid
from catalog.domain.finding import Level
from catalog.domain.identity import AssetKey
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint, Verdict, Violation
from catalog.policy.load import load_bundle
from catalog.policy.report import FORMS, JudgedAsset, Report
from catalog.policy.view import MeshFacts
from catalog.policy.waiver import Waiver
from catalog.policy.waiving import Waived, apply_waivers

ASSET = "data_product:sales.people"
COLUMN = Violation("ORG-TST-001", "/contracts/0/columns/1")


def waiver(**fields: Any) -> Waiver:
    declared = {
        "id": "W-1",
        "rule": "ORG-TST-001",
        "asset": ASSET,
        "reason": "The mask comes with the new store.",
        "ticket": "DATA-7",
        "requested_by": "ada",
        "approved_by": "ingrid",
        "created": NOW,
        "expires": NOW + timedelta(days=60),
    }
    return Waiver(**(declared | fields))


def applied(*waivers: Waiver, now: datetime = NOW) -> Waived:
    return apply_waivers([COLUMN], waivers, asset=ASSET, owner="ada", now=now)


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({}, True),
        ({"path": "/contracts/0/columns/1"}, True),
        ({"path": "/contracts/0"}, True),
        ({"path": "/contracts/0/columns/10"}, False),
        ({"path": "/contracts/0/col"}, False),
        ({"rule": "ORG-TST-002"}, False),
        ({"asset": "data_product:sales.orders"}, False),
    ],
)
def test_a_waiver_covers_its_rule_and_asset_below_its_path(fields: dict[str, str], covers: bool) -> None:
    assert bool(applied(waiver(**fields)).waived) is covers
    assert bool(applied(waiver(**fields)).counting) is not covers


def test_a_waiver_ends_at_its_instant_and_says_so() -> None:
    ends = NOW + timedelta(days=2)
    one = waiver(expires=ends)
    assert applied(one, now=ends - timedelta(seconds=1)).counting == ()
    after = applied(one, now=ends)
    assert after.counting == (COLUMN,)
    assert [(found.code, found.level) for found in after.findings] == [("WAIVER_EXPIRED", Level.WARNING)]


@pytest.mark.parametrize(
    ("days", "level"), [(31, None), (30, Level.INFO), (7, Level.WARNING), (1, Level.WARNING)]
)
def test_the_end_is_told_ahead(days: int, level: Level | None) -> None:
    found = applied(waiver(expires=NOW + timedelta(days=days))).findings
    assert [(one.code, one.level) for one in found] == ([("WAIVER_ENDS_SOON", level)] if level else [])


def test_an_owner_cannot_approve_a_waiver_for_what_is_theirs() -> None:
    refused = applied(waiver(requested_by="grace", approved_by="ada"))
    assert refused.counting == (COLUMN,)
    assert [one.code for one in refused.findings] == ["WAIVER_REFUSED"]


def test_a_waiver_that_passes_nothing_over_is_found() -> None:
    assert [one.code for one in applied(waiver(rule="ORG-TST-009")).findings] == ["WAIVER_UNUSED"]


def test_of_two_waivers_the_one_that_lasts_longest_counts() -> None:
    longer = waiver(id="W-2", expires=NOW + timedelta(days=80))
    ((_, used),) = applied(waiver(), longer).waived
    assert used == longer


def judged(embedded: EmbeddedRego, *waivers: Waiver, point: EnforcementPoint) -> Decision:
    bundle = replace(bundle_of(reporting()), waivers=waivers)
    return decide(
        product_draft(),
        point,
        bundle=bundle,
        engine=embedded,
        now=NOW,
        mesh=MeshFacts(),
        deadline_seconds=PATIENCE,
    )


@pytest.mark.parametrize("point", list(EnforcementPoint))
def test_a_decision_passes_over_what_is_waived_at_every_point_and_tells_it(
    embedded: EmbeddedRego, point: EnforcementPoint
) -> None:
    assert judged(embedded, point=point).verdict is Verdict.DENY
    decision = judged(embedded, waiver(), point=point)
    assert decision.verdict is Verdict.ALLOW
    assert [(one.code, one.level) for one in decision.findings] == [("WAIVER_APPLIED", Level.INFO)]
    (waived,) = decision.waived
    assert (waived.finding.code, waived.finding.level, waived.waiver) == ("ORG-TST-001", Level.ERROR, "W-1")


def test_reports_show_what_is_waived_as_suppressed(embedded: EmbeddedRego) -> None:
    decision = judged(embedded, waiver(), point=EnforcementPoint.CI)
    asset = JudgedAsset(AssetKey.parse(ASSET), "1.0.0", decision)
    report = Report((asset,), (), bundle_of(reporting()), NOW, "0.1.0")
    (result,) = json.loads(FORMS["sarif"](report))["runs"][0]["results"]
    assert result["ruleId"] == "ORG-TST-001"
    assert result["suppressions"][0]["status"] == "accepted"
    assert "W-1" in result["suppressions"][0]["justification"]
    summary = json.loads(FORMS["policyreport"](report))["summary"]
    assert summary == {"pass": 0, "fail": 0, "warn": 0, "error": 0, "skip": 1}
    (listed,) = json.loads(FORMS["json"](report))["assets"][0]["waived"]
    assert (listed["waiver"], listed["finding"]["level"]) == ("W-1", "error")


ENTRY = {
    "rule": "ORG-OWN-001",
    "asset": ASSET,
    "reason": "Ada is on leave.",
    "ticket": "DATA-8",
    "requestedBy": "grace",
    "approvedBy": "ingrid",
    "created": "2026-11-01T00:00:00Z",
    "expires": "2026-12-01T00:00:00Z",
}


def folder(root: Path, **changes: str | None) -> Path:
    entry = {key: value for key, value in (ENTRY | changes).items() if value is not None}
    return policy_folder(root, **{"waivers__sales.yaml": json.dumps({"W-1": entry})})


def test_waivers_are_part_of_the_bundle_and_of_its_revision(tmp_path: Path) -> None:
    bundle = load_bundle(folder(tmp_path / "one", path="/contracts/0"))
    (one,) = bundle.waivers
    assert (one.id, one.rule, one.path) == ("W-1", "ORG-OWN-001", "/contracts/0")
    assert one.expires == datetime(2026, 12, 1, tzinfo=UTC)
    assert one.place.file == "waivers/sales.yaml"
    assert load_bundle(folder(tmp_path / "two")).revision != bundle.revision


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": None},
        {"reason": " "},
        {"approvedBy": "grace"},
        {"expires": "2026-12-01"},
        {"expires": "2026-12-01T00:00:00+02:00"},
        {"expires": "2026-13-01T00:00:00Z"},
        {"expires": "2026-11-01T00:00:00Z"},
        {"expires": "2027-11-01T00:00:00Z"},
        {"rule": "ORG-OWN-999"},
        {"asset": "sales.people"},
        {"forever": "yes"},
    ],
    ids=str,
)
def test_a_waiver_that_is_not_as_it_must_be_keeps_the_bundle_out(
    tmp_path: Path, changes: dict[str, str | None]
) -> None:
    with pytest.raises(BundleInvalid) as refused:
        load_bundle(folder(tmp_path, **changes))
    assert {one.code for one in refused.value.findings} == {"WAIVER_INVALID"}
    assert refused.value.findings[0].place.file == "waivers/sales.yaml"


def test_the_organisation_says_how_long_a_waiver_may_last(tmp_path: Path) -> None:
    root = folder(tmp_path)
    (root / "params").mkdir()
    (root / "params" / "waivers.json").write_text('{"maximum_days_by_severity": {"warning": 29}}')
    with pytest.raises(BundleInvalid) as refused:
        load_bundle(root)
    assert "29 days are the most" in refused.value.findings[0].message
