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
        assert f"### {rule.id}\n" in text
        assert f"[rule]({rule.path})" in text
    assert "Tightens ORG-DSC-002: publish deny." in text


def test_every_rule_has_a_category_and_every_parameter_its_meaning() -> None:
    bundle = real_bundle()
    assert [rule.id for rule in bundle.rules if not rule.category] == []
    assert len([rule for rule in bundle.rules if not rule.domain]) >= 40
    parameters = [bundle.data["org"]["params"], *(one["params"] for one in bundle.data["domains"].values())]
    for values in (values for one in parameters for values in one.values()):
        assert set(values["about"]) == set(values) - {"about", "direction"}
        assert all(values["about"].values())


def test_every_regime_answers_every_question() -> None:
    known = real_bundle().data["org"]["params"]["regimes"]["known"]
    assert {"gdpr", "hipaa", "ccpa", "pipeda", "pipl", "bipa", "eu_ai_act", "soc_2"} <= set(known)
    assert {frozenset(one) for one in known.values()} == {frozenset(known["gdpr"])}
    assert [name for name in known if name != name.lower().replace(" ", "_")] == []


def test_a_rule_is_found_under_one_name_everywhere() -> None:
    """Its id in file, page and test; its file name in its package and its test's."""
    text = rule_list(real_bundle())
    for rule in real_bundle().rules:
        stem = rule.path.rsplit("/", 1)[1].removesuffix(".rego")
        test = (POLICIES / rule.path.replace(".rego", "_test.rego")).read_text()
        assert rule.package.endswith(f".{stem}")
        assert f'"id": "{rule.id}"' in (POLICIES / rule.path).read_text()
        assert f'"id": "{rule.id}"' in test
        assert text.count(f"### {rule.id}\n") == 1
