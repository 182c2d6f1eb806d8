"""A domain adds and tightens; nothing it writes removes or loosens."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.policy.policy_examples import domain_rule, policy_folder, real_bundle, rule

from catalog.domain.errors import BundleInvalid
from catalog.domain.finding import Level
from catalog.policy.bundle import Bundle, Tightening
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.federation import GRAVITY, rules_for, tightened
from catalog.policy.load import load_bundle

ENFORCEMENTS = st.sampled_from(Enforcement)
LEVELS = st.sampled_from(GRAVITY)
COMPLETE = st.fixed_dictionaries(dict.fromkeys(EnforcementPoint, ENFORCEMENTS))
PARTIAL = st.dictionaries(st.sampled_from(EnforcementPoint), ENFORCEMENTS)


def bundle(*rules: object, tightenings: tuple[Tightening, ...] = ()) -> Bundle:
    return Bundle("sha256:r", (), rules, {}, tightenings)  # type: ignore[arg-type]


def test_an_asset_is_judged_by_the_organisation_and_its_own_domain() -> None:
    both = bundle(
        rule("ORG-A-001"), rule("FIN-A-001", domain="finance"), rule("MKT-A-001", domain="marketing")
    )
    assert [one.id for one in rules_for(both, "finance", "metric")] == ["ORG-A-001", "FIN-A-001"]
    assert [one.id for one in rules_for(both, "sales", "metric")] == ["ORG-A-001"]


def test_a_rule_judges_the_kinds_it_names() -> None:
    products = bundle(rule(kinds=("data_product",)))
    assert rules_for(products, "sales", "metric") == ()
    assert len(rules_for(products, "sales", "data_product")) == 1


@given(own=COMPLETE, asked=PARTIAL, severity=LEVELS, asked_severity=LEVELS)
def test_no_tightening_ever_loosens(
    own: dict[EnforcementPoint, Enforcement],
    asked: dict[EnforcementPoint, Enforcement],
    severity: Level,
    asked_severity: Level,
) -> None:
    before = rule(enforcement=own, severity=severity)
    after = tightened(before, Tightening("sales", before.id, asked, asked_severity))
    for point in EnforcementPoint:
        assert after.enforcement[point].rank >= own[point].rank
        assert after.enforcement[point] in {own[point], asked.get(point)}
    assert GRAVITY.index(after.severity) == max(GRAVITY.index(severity), GRAVITY.index(asked_severity))


@given(
    domain=st.sampled_from(["finance", "marketing", "sales"]),
    kind=st.sampled_from(["data_product", "metric"]),
)
def test_every_rule_of_the_organisation_judges_every_domain(domain: str, kind: str) -> None:
    shipped = real_bundle()
    alone = replace(shipped, rules=tuple(one for one in shipped.rules if not one.domain), tightenings=())
    with_domain = {one.id: one for one in rules_for(shipped, domain, kind)}
    for one in rules_for(alone, domain, kind):
        for point in EnforcementPoint:
            assert with_domain[one.id].enforcement[point].rank >= one.enforcement[point].rank


def test_a_tightening_holds_in_its_domain_only(tmp_path: Path) -> None:
    asked = {"ORG-OWN-001": {"enforcement": {"register": "deny", "audit": "warn"}, "severity": "error"}}
    loaded = load_bundle(policy_folder(tmp_path, **{"domains/finance/tighten.json": json.dumps(asked)}))
    [there] = rules_for(loaded, "finance", "metric")
    [elsewhere] = rules_for(loaded, "sales", "metric")
    assert (there.enforcement["register"], there.enforcement["audit"], there.severity) == (
        "deny",
        "warn",
        "error",
    )
    assert (elsewhere.enforcement["register"], elsewhere.severity) == ("warn", "warning")


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ({"ORG-OWN-001": {"enforcement": {"publish": "warn"}}}, "POLICY_LOOSENED", "is deny at publish"),
        ({"ORG-OWN-001": {"enforcement": {"ci": "off"}}}, "POLICY_LOOSENED", "is deny at ci"),
        ({"ORG-OWN-001": {"severity": "info"}}, "POLICY_LOOSENED", "has severity warning"),
        ({"ORG-OWN-999": {"severity": "error"}}, "POLICY_DATA_INVALID", "ORG-OWN-999 is no rule"),
        ({"FIN-OWN-001": {"severity": "error"}}, "POLICY_DATA_INVALID", "FIN-OWN-001 is no rule"),
        ({"ORG-OWN-001": {}}, "POLICY_DATA_INVALID", "cannot be read"),
        ({"ORG-OWN-001": {"message": "ours"}}, "POLICY_DATA_INVALID", "cannot be read"),
        ({"ORG-OWN-001": {"enforcement": {"deploy": "deny"}}}, "POLICY_DATA_INVALID", "cannot be read"),
        ({"ORG-OWN-001": {"enforcement": {"publish": ["deny"]}}}, "POLICY_DATA_INVALID", "cannot be read"),
        ({"ORG-OWN-001": {"enforcement": "deny"}}, "POLICY_DATA_INVALID", "cannot be read"),
        ({"ORG-OWN-001": {"severity": ["error"]}}, "POLICY_DATA_INVALID", "cannot be read"),
        (["ORG-OWN-001"], "POLICY_DATA_INVALID", "This is no object"),
    ],
)
def test_what_does_not_tighten_is_refused_at_load(
    tmp_path: Path, asked: object, code: str, words: str
) -> None:
    files = {"domains/finance/tighten.json": json.dumps(asked), **domain_rule("finance")}
    with pytest.raises(BundleInvalid) as refused:
        load_bundle(policy_folder(tmp_path, **files))
    [finding] = refused.value.findings
    assert finding.code == code
    assert words in finding.message
    assert finding.place.file == "domains/finance/tighten.json"
    assert finding.place.line == 1


def test_a_domain_cannot_write_into_the_organisations_packages(tmp_path: Path) -> None:
    files = domain_rule("finance")
    files["domains/finance/owner.rego"] = files["domains/finance/owner.rego"].replace(
        "package governance.domains.finance.owner", "package governance.org.owner"
    )
    with pytest.raises(BundleInvalid) as refused:
        load_bundle(policy_folder(tmp_path, **files))
    assert any("The package is governance.org.owner." in one.message for one in refused.value.findings)
