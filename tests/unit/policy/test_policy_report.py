"""Reports: the same findings in every form, at the lines of the YAML, by the rules' own ids."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from unit.policy.policy_examples import ROOT, bundle_of, reporting, rule, with_rules

from catalog.domain.finding import Finding, Level, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.policy.report import FORMS, JudgedAsset, Report

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PLACE = Place("people/contract.odcs.yaml", 20, 9, "/schema/0/properties/1")
BROKEN = Finding("ORG-TST-001", "Column a is open.", "Close it.", Level.ERROR, PLACE)
SHOWN = Finding("ORG-TST-002", "100% of a, b: untagged\nhere", "Tag it.", Level.WARNING, Place("p.yaml"))
DOCUMENT = FindingCode.NAME_INVALID


def decision(verdict: Verdict, *findings: Finding) -> Decision:
    return Decision(
        "d-1", EnforcementPoint.CI, verdict, findings, "sha256:b", "regorus 0.13", "sha256:i", NOW
    )


def report(**fields: Any) -> Report:
    rules = (rule(), rule("ORG-TST-002", severity=Level.WARNING), rule("ORG-TST-003", category="privacy"))
    assets = (
        JudgedAsset(
            AssetKey.parse("data_product:sales.people"), "1.0.0", decision(Verdict.DENY, BROKEN, SHOWN)
        ),
        JudgedAsset(AssetKey.parse("metric:sales.gmv"), "1.0.0", decision(Verdict.ALLOW)),
    )
    declared: dict[str, Any] = {
        "assets": assets,
        "findings": (DOCUMENT.at(Place("x.yaml", 3, 1), "No name.", remedy="Name it."),),
        "bundle": with_rules(bundle_of(reporting()), *rules),
        "made_at": NOW,
        "version": "0.1.0",
        "root": "products",
        "rules_url": "https://code.example.org/rules.md",
    }
    return Report(**(declared | fields))


def sarif(**fields: Any) -> dict[str, Any]:
    document = json.loads(FORMS["sarif"](report(**fields)))
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    return dict(run)


def test_sarif_names_the_rule_by_its_own_id_at_the_line_of_the_yaml() -> None:
    run = sarif()
    driver = run["tool"]["driver"]
    assert driver["name"] == "concord"
    ids = [one["id"] for one in driver["rules"]]
    assert ids == ["ORG-TST-001", "ORG-TST-002", "ORG-TST-003", DOCUMENT.name]
    assert len(set(ids)) == len(ids)
    by_id = {one["ruleId"]: one for one in run["results"]}
    broken = by_id["ORG-TST-001"]
    assert broken["level"] == "error"
    assert broken["message"]["text"] == "Column a is open. Close it."
    (location,) = broken["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "products/people/contract.odcs.yaml"},
        "region": {"startLine": 20, "startColumn": 9},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "data_product:sales.people"
    for one in run["results"]:
        assert ids[one["ruleIndex"]] == one["ruleId"]
        assert one["level"] in {"error", "warning", "note"}
        assert all(isinstance(value, str) for value in one["partialFingerprints"].values())
    assert driver["rules"][0]["helpUri"] == "https://code.example.org/rules.md#org-tst-001"
    assert run["invocations"] == [{"executionSuccessful": True, "endTimeUtc": "2026-11-21T09:30:00Z"}]


def test_sarif_without_a_page_of_rules_has_no_link() -> None:
    assert all("helpUri" not in one for one in sarif(rules_url="")["tool"]["driver"]["rules"])


def test_a_place_without_a_line_has_no_region() -> None:
    (location,) = sarif()["results"][2]["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "products/p.yaml"}}


def test_a_fingerprint_stays_when_lines_move_and_differs_between_findings() -> None:
    def prints(*findings: Finding) -> list[str]:
        one = JudgedAsset(AssetKey.parse("metric:sales.gmv"), "1.0.0", decision(Verdict.DENY, *findings))
        results = sarif(assets=(one,), findings=())["results"]
        return [result["partialFingerprints"]["concord/v1"] for result in results]

    moved = replace(BROKEN, place=Place(PLACE.file, 99, 1, "/schema/0/properties/7"))
    assert prints(BROKEN) == prints(moved)
    assert len(set(prints(BROKEN, moved, SHOWN))) == 3


def test_a_decision_that_did_not_come_about_is_told_in_every_form() -> None:
    gone = FindingCode.POLICY_UNAVAILABLE.found("No decision.", remedy="Mend it.")
    asset = JudgedAsset(AssetKey.parse("metric:sales.gmv"), "1.0.0", decision(Verdict.ERROR, gone))
    broken = {"assets": (asset,), "findings": ()}
    assert sarif(**broken)["invocations"][0]["executionSuccessful"] is False
    suites = ET.fromstring(FORMS["junit"](report(**broken)))
    assert [one.get("errors") for one in suites] == ["0", "1"]
    results = json.loads(FORMS["policyreport"](report(**broken)))
    assert results["summary"] == {"pass": 0, "fail": 0, "warn": 0, "error": 1, "skip": 0}
    assert json.loads(FORMS["json"](report(**broken)))["passes"] is False
    assert "refused" in FORMS["text"](report(**broken))


def test_json_follows_its_published_schema() -> None:
    schema = json.loads((ROOT / "catalog" / "policy" / "report" / "report.schema.json").read_text())
    document = json.loads(FORMS["json"](report()))
    jsonschema_rs.validate(schema, document)
    assert document["counts"] == {"error": 2, "info": 0, "warning": 1}
    assert document["assets"][0]["findings"][0]["file"] == "products/people/contract.odcs.yaml"
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, document | {"schema": "concord.report/2"})


def test_junit_has_a_case_for_each_rule_that_judges_the_asset() -> None:
    documents, people, gmv = ET.fromstring(FORMS["junit"](report()))
    assert (documents.get("name"), documents.get("failures")) == ("documents", "1")
    assert (people.get("name"), people.get("tests"), people.get("failures")) == (
        "data_product:sales.people",
        "3",
        "1",
    )
    broken, shown, kept = people
    assert broken.get("name") == "ORG-TST-001"
    assert [one.tag for one in broken] == ["failure"]
    assert "products/people/contract.odcs.yaml:20:9" in (broken[0].text or "")
    assert [one.tag for one in shown] == ["system-out"]
    assert list(kept) == []
    assert (gmv.get("tests"), gmv.get("failures")) == ("3", "0")


def test_junit_holds_whatever_an_author_wrote() -> None:
    nasty = replace(BROKEN, message='<&"]]>\x00\x1b[31m\ud800', place=Place("a&b.yaml", 1, 1))
    asset = JudgedAsset(AssetKey.parse("metric:sales.gmv"), "1.0.0", decision(Verdict.DENY, nasty))
    suites = ET.fromstring(FORMS["junit"](report(assets=(asset,))))
    assert '<&"]]>' in str(suites[1][0][0].get("message"))


def test_github_annotations_are_one_line_each_and_cannot_be_forged() -> None:
    lines = FORMS["github"](report()).splitlines()
    assert lines[1] == (
        "::error file=products/people/contract.odcs.yaml,line=20,col=9,title=ORG-TST-001::"
        "Column a is open. Close it."
    )
    assert lines[2] == (
        "::warning file=products/p.yaml,title=ORG-TST-002::100%25 of a, b: untagged%0Ahere Tag it."
    )
    assert len(lines) == 3
    forged = replace(BROKEN, message="x\n::error::y", place=Place("a,b:c.yaml", 1, 1))
    asset = JudgedAsset(AssetKey.parse("metric:sales.gmv"), "1.0.0", decision(Verdict.DENY, forged))
    (line,) = FORMS["github"](report(assets=(asset,), findings=())).splitlines()
    assert "file=products/a%2Cb%3Ac.yaml," in line


def test_the_policy_report_counts_what_it_lists() -> None:
    document = json.loads(FORMS["policyreport"](report()))
    assert (document["apiVersion"], document["kind"]) == ("wgpolicyk8s.io/v1alpha2", "PolicyReport")
    assert document["summary"] == {"pass": 4, "fail": 2, "warn": 1, "error": 0, "skip": 0}
    assert len(document["results"]) == 7
    passed = [one for one in document["results"] if one["rule"] == "ORG-TST-003"]
    assert {one["category"] for one in passed} == {"privacy"}
    assert {one["result"] for one in document["results"]} <= {"pass", "fail", "warn", "error", "skip"}
    assert passed[0]["resources"][0] == {
        "apiVersion": "concord/v1",
        "kind": "data_product",
        "name": "sales.people",
    }


def test_text_shows_each_finding_below_its_asset_and_no_control_characters() -> None:
    lines = FORMS["text"](report()).splitlines()
    assert lines[1] == "data_product:sales.people 1.0.0: deny"
    assert "[ORG-TST-001]" in lines[2]
    assert lines[-1].startswith("refused: 2 assets, 2 error, 0 info, 1 warning")
    assert "\\x0ahere" in lines[3]
