"""A decision's record repeats it, on either engine, and says which expression held for which element."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from terminal import ROOT, Terminal
from waiting import PATIENCE

from catalog.adapters.rego_coverage import RegoCoverage
from catalog.policy.explanation import alone, element_at, explain
from catalog.policy.recorded import RecordedDecision

RULE = ROOT / "policies" / "org" / "business_goal.rego"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A shop whose metrics are important and name no goal, judged once: the metric is refused."""
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "dbt", shop)
    metrics = shop / "models" / "metrics.yml"
    text = metrics.read_text().replace("tier: tier_3", "tier: tier_1")
    metrics.write_text(text.replace("businessGoal: The shop knows what it earns.", 'businessGoal: ""'))
    (tmp_path / "data").symlink_to(shop / "seeds")
    bare = Terminal(tmp_path)
    assert bare.run("db", "upgrade").code == 0
    with bare.acting(bare.issue("ada", "shop:domain_owner")) as ready:
        assert ready.run("apply", str(shop)).code == 0
        yield ready


def refused(terminal: Terminal) -> str:
    assert terminal.run("publish", "data_product:shop.orders").code == 0
    answer = terminal.run("publish", "metric:shop.shop_revenue")
    assert answer.code == 1
    return answer.text.rsplit("decision ", 1)[1].split()[0]


def test_a_repeated_decision_has_the_recorded_result(terminal: Terminal) -> None:
    answer = terminal.json("policy", "replay", refused(terminal))
    assert answer.code == 0
    assert answer.document["same"]
    assert answer.document["recorded"]["result"] == answer.document["again"]["result"] != ""


def test_the_other_engine_repeats_it_too(terminal: Terminal, opa_url: str) -> None:
    decision = refused(terminal)
    terminal.settings.update(CONCORD_POLICY_ENGINE="opa", CONCORD_OPA_URL=opa_url)
    answer = terminal.json("policy", "replay", decision)
    assert answer.document["same"]
    assert answer.document["again"]["engine"] != answer.document["recorded"]["engine"]


def test_a_rule_that_has_changed_since_does_not_change_what_is_repeated(
    terminal: Terminal, tmp_path: Path
) -> None:
    decision = refused(terminal)
    policies = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", policies)
    rule = policies / "org" / RULE.name
    rule.write_text(rule.read_text().replace('businessGoal == ""', 'businessGoal == "none"'))
    terminal.settings["CONCORD_POLICIES"] = str(policies)
    assert terminal.json("policy", "replay", decision).document["same"]


def test_an_explanation_names_the_element_and_the_expressions_that_held(terminal: Terminal) -> None:
    answer = terminal.json("policy", "explain", refused(terminal))
    (found,) = [one for one in answer.document["violations"] if one["rule"] == "ORG-MET-002"]
    assert found["element"]["businessGoal"] == ""
    assert [one["text"] for one in found["held"]] == [
        "input.asset.tier in data.org.params.metrics.tiers_with_goal",
        'input.asset.businessGoal == ""',
    ]
    line = found["held"][1]["line"]
    assert RULE.read_text().splitlines()[line - 1].strip() == found["held"][1]["text"]
    assert "shop.shop_revenue" in found["message"]
    assert "{" not in found["message"]


def test_a_decision_of_another_domain_looks_as_if_it_were_not_there(terminal: Terminal) -> None:
    decision = refused(terminal)
    with terminal.acting(terminal.issue("eve", "elsewhere:domain_owner")) as stranger:
        told = stranger.run("policy", "explain", decision)
        unknown = stranger.run("policy", "explain", decision[:-1] + "x")
    assert told.code == unknown.code == 1
    assert told.errors.replace(decision, "") == unknown.errors.replace(decision[:-1] + "x", "")


def test_one_element_is_shown_to_a_rule_without_its_neighbours() -> None:
    view: dict[str, Any] = {"a": [{"b": [1, 2]}, {"b": [3]}], "c": {"d": [4, 5]}, "e": 6}
    assert alone(view, "/a/0/b/1") == {"a": [{"b": [2]}], "c": {"d": [4, 5]}, "e": 6}
    assert alone(view, "/c/d/0") == {"a": view["a"], "c": {"d": [4]}, "e": 6}
    assert alone(view, "") == alone(view, "/none/0") == alone(view, "/a/7") == view
    assert element_at(view, "/a/1/b/0") == 3
    assert element_at(view, "/a/1/none") == {"b": [3]}


def test_what_was_waived_is_explained_with_its_waiver(terminal: Terminal) -> None:
    decision = refused(terminal)
    record = _record(terminal, decision)
    waived = RecordedDecision(
        **{
            **{name: getattr(record, name) for name in RecordedDecision.__slots__},
            "violations": (),
            "waivers": {("ORG-MET-002", "/asset"): "WVR-1"},
        }
    )
    (found,) = explain(waived, RegoCoverage(deadline_seconds=PATIENCE))
    assert (found.waiver, len(found.held)) == ("WVR-1", 2)


def _record(terminal: Terminal, decision: str) -> RecordedDecision:
    from catalog.access.actor import SYSTEM
    from catalog.bootstrap import Services
    from catalog.config import Settings
    from catalog.serving.decision_record import recorded_decision

    settings = Settings(
        demo=True, database_url=f"sqlite:///{terminal.store}", data_root=str(terminal.folder / "data")
    )
    with Services(settings) as services:
        return recorded_decision(decision, SYSTEM, services)
