"""A policies folder becomes a bundle, or every reason against it comes at once."""

from pathlib import Path

import pytest
from unit.policy.policy_examples import BODY, HEADER, domain_rule, policy_folder, real_bundle

from catalog.domain.errors import BundleInvalid
from catalog.domain.finding import Level
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.load import load_bundle, read_tests

OWNER = HEADER.format(id="ORG-OWN-001") + BODY.format(id="ORG-OWN-001", package="governance.org.owner")


def faults(root: Path) -> list[str]:
    with pytest.raises(BundleInvalid) as refused:
        load_bundle(root)
    return [str(finding) for finding in refused.value.findings]


def test_a_folder_with_one_sound_rule_is_a_bundle(tmp_path: Path) -> None:
    bundle = load_bundle(policy_folder(tmp_path))
    [rule] = bundle.rules
    assert (rule.id, rule.package, rule.path) == ("ORG-OWN-001", "governance.org.owner", "org/owner.rego")
    assert (rule.title, rule.owner, rule.severity) == (
        "An asset names its owner",
        "governance",
        Level.WARNING,
    )
    assert rule.kinds == ("data_product", "metric")
    assert rule.enforcement == {
        EnforcementPoint.CI: Enforcement.DENY,
        EnforcementPoint.REGISTER: Enforcement.WARN,
        EnforcementPoint.PUBLISH: Enforcement.DENY,
        EnforcementPoint.AUDIT: Enforcement.OFF,
    }
    assert [module.path for module in bundle.modules] == ["org/owner.rego"]
    assert bundle.modules[0].source == OWNER


def test_the_shipped_rules_are_a_bundle_with_rules_of_domains() -> None:
    bundle = real_bundle()
    assert len([rule for rule in bundle.rules if not rule.domain]) >= 13
    assert {rule.domain for rule in bundle.rules} >= {"", "finance", "marketing"}
    assert bundle.tightenings


def test_the_revision_changes_with_rules_parameters_and_tightenings_only(tmp_path: Path) -> None:
    root = policy_folder(tmp_path)
    first = load_bundle(root).revision
    (root / "README.md").write_text("for people")
    (root / "org" / "owner_test.rego").write_text((root / "org" / "owner_test.rego").read_text() + "# more\n")
    assert load_bundle(root).revision == first
    revisions = {first}
    for name, text in {
        "params/regions.json": '{"allowed": ["eu"]}',
        "domains/finance/tighten.json": '{"ORG-OWN-001": {"enforcement": {"register": "deny"}}}',
        "org/owner.rego": OWNER + "# a remark\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        revisions.add(load_bundle(root).revision)
    assert len(revisions) == 4
    assert all(revision.startswith("sha256:") for revision in revisions)


def test_parameters_stand_where_rules_read_them(tmp_path: Path) -> None:
    files = domain_rule("customer-care", "CARE-OWN-001") | {
        "params/regions.json": '{"allowed": ["eu"]}',
        "domains/customer-care/params/limits.json": '{"days": 3}',
    }
    bundle = load_bundle(policy_folder(tmp_path, **files))
    assert bundle.data == {
        "org": {"params": {"regions": {"allowed": ["eu"]}}},
        "domains": {"customer_care": {"params": {"limits": {"days": 3}}}},
    }
    assert bundle.rules[0].package == "governance.domains.customer_care.owner"
    assert bundle.rules[0].domain == "customer-care"


def test_tests_are_read_apart_from_the_bundle(tmp_path: Path) -> None:
    assert [module.path for module in read_tests(policy_folder(tmp_path))] == ["org/owner_test.rego"]


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    root = policy_folder(
        tmp_path,
        **{
            "org/owner.rego": OWNER.replace("severity: warning", "severity: grave"),
            "org/untested.rego": HEADER.format(id="ORG-OWN-002")
            + BODY.format(id="ORG-OWN-002", package="governance.org.wrong"),
            "params/list.json": "[1]",
        },
    )
    found = faults(root)
    assert any(
        one.startswith("org/owner.rego:5:15 /custom/severity: error [POLICY_RULE_INVALID]") for one in found
    )
    assert any("org/untested.rego: error [POLICY_RULE_UNTESTED]" in one for one in found)
    assert any("The package is governance.org.wrong." in one for one in found)
    assert any("params/list.json:1:1: error [POLICY_DATA_INVALID]" in one for one in found)


def test_a_folder_without_a_rule_of_the_organisation_is_refused(tmp_path: Path) -> None:
    assert "holds no rule of the organisation" in faults(tmp_path)[0]
    assert "holds no rule of the organisation" in faults(tmp_path / "absent")[0]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("owner.rego", OWNER, "No rule may stand here"),
        ("org/deep/owner.rego", OWNER, "No rule may stand here"),
        ("org/Owner.rego", OWNER, "No rule may stand here"),
        ("org/default.rego", OWNER, "No rule may stand here"),
        ("domains/../x/owner.rego", OWNER, "No rule may stand here"),
        ("org/owner.rego", OWNER.replace("violation contains v", "denied contains v"), "reports nothing"),
        (
            "org/owner.rego",
            OWNER + "package governance.org.second\n",
            "The package is governance.org.owner, ",
        ),
        ("org/owner.rego", OWNER.replace("package governance.org.owner\n", ""), "The package is none"),
        ("org/owner.rego", OWNER + " " * 300_000, "larger than"),
        ("org/owner_test.rego", "package governance.org.owner_test\n", "PORT-006"),
        (
            "org/owner_test.rego",
            "package governance.org.other_test\n\ntest_it if true\n\ntest_not if true\n",
            "Write `package",
        ),
        (
            "org/gone_test.rego",
            "package governance.org.gone_test\n\ntest_it if true\n\ntest_not if true\n",
            "has no rule beside it",
        ),
        ("params/broken.json", '{"a": 1, "a": 2}', "YAML_DUPLICATE_KEY"),
        ("params/broken.json", '{"a": ', "YAML_SYNTAX"),
        ("params/names.json", r'{"pattern": "\\d+"}', "a class that is not the same everywhere"),
        ("params/names.json", r'{"patterns": ["\\Aemail"]}', "ends of a whole text"),
        ("params/names.json", r'{"pattern": "email\\z"}', "ends of a whole text"),
        ("params/names.json", r'{"pattern": "(?i-m:^email$)"}', "takes flags off"),
    ],
)
def test_a_file_that_is_not_as_the_bundle_asks_is_refused(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    assert any(words in one for one in faults(policy_folder(tmp_path, **{name: text})))


def test_an_id_and_a_package_are_given_once(tmp_path: Path) -> None:
    second = HEADER.format(id="ORG-OWN-001") + BODY.format(id="ORG-OWN-001", package="governance.org.again")
    files = {
        "org/again.rego": second,
        "org/again_test.rego": "package governance.org.again_test\n\ntest_it if true\n\ntest_not if true\n",
        **domain_rule("a-b", "AB-OWN-001"),
        **domain_rule("a_b", "AB-OWN-002"),
    }
    found = faults(policy_folder(tmp_path, **files))
    assert sum("ORG-OWN-001 is given to 2 rules" in one for one in found) == 2
    assert sum("governance.domains.a_b.owner is given to 2 rules" in one for one in found) == 2


def test_a_bundle_follows_no_links_and_reads_no_other_encoding(tmp_path: Path) -> None:
    root = policy_folder(tmp_path / "policies")
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    (root / "params").mkdir()
    (root / "params" / "linked.json").symlink_to(outside)
    (root / "params" / "latin.json").write_bytes(b'{"name": "\xe9"}')
    found = faults(root)
    assert any(
        "params/linked.json: error [POLICY_RULE_INVALID] A bundle follows no links" in one for one in found
    )
    assert any("params/latin.json" in one and "not UTF-8" in one for one in found)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    root = policy_folder(tmp_path, **{"schema/view.json": "not read", "org/notes.txt": "not read"})
    assert len(load_bundle(root).modules) == 1
