"""The list of rules in `policies/README.md` is the one the headers give."""

import os

from unit.policy.policy_examples import POLICIES, real_bundle

from catalog.policy.describe import rule_list


def test_the_list_of_rules_is_current() -> None:
    text = rule_list(real_bundle())
    page = POLICIES / "README.md"
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS"):
        page.write_text(text)
    assert page.read_text() == text, "run the test with CONCORD_UPDATE_SNAPSHOTS=1"


def test_the_list_names_every_rule_and_what_domains_tighten() -> None:
    text = rule_list(real_bundle())
    for rule in real_bundle().rules:
        assert f"[{rule.id}]({rule.path})" in text
    assert "Tightens ORG-DSC-002: publish deny." in text
