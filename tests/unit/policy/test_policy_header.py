"""What a rule's header must say, and where the loader points when it does not."""

from datetime import date

import pytest
from unit.policy.policy_examples import BODY, HEADER

from catalog.policy.bundle import Module, Rule
from catalog.policy.header import read_header

PACKAGE = "governance.org.owner"
SOURCE = HEADER.format(id="ORG-OWN-001") + BODY.format(id="ORG-OWN-001", package=PACKAGE)


def read(source: str, domain: str = "") -> tuple[Rule | None, list[str]]:
    rule, findings = read_header(Module("org/owner.rego", source), PACKAGE, domain)
    return rule, [str(finding) for finding in findings]


def test_a_complete_header_is_a_rule() -> None:
    rule, findings = read(SOURCE)
    assert findings == []
    assert rule is not None
    assert rule.message == "{asset} names no owner."
    assert (rule.guidance, rule.since, rule.grace_until, rule.domains) == (
        "mandatory",
        date(2026, 11, 1),
        None,
        (),
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("# METADATA\n", "", "org/owner.rego:1:1: error [POLICY_RULE_INVALID] The rule has no header"),
        ("# title: An asset names its owner\n", "", "`title` is not declared"),
        ("ORG-OWN-001", "ORG-1", "'ORG-1' is no rule id"),
        ("ORG-OWN-001", "FIN-OWN-001", "FIN-OWN-001 is not an id for this folder"),
        ("severity: warning", "severity: grave", "org/owner.rego:5:15 /custom/severity: error"),
        ("ci: deny, ", "", "`ci` is not declared"),
        ("audit: off", "audit: ignore", "`audit` is 'ignore'"),
        ("guidance: mandatory", "guidance: firm", "`guidance` is 'firm'"),
        ("#   since: 2026-11-01\n", "", "`since` is not declared"),
        ("since: 2026-11-01", "since: 2026-13-01", "'2026-13-01' is no day"),
        ("since: 2026-11-01", "since: 2026-11-01\n#   graceUntil: soon", "'soon' is no day"),
        (
            "since: 2026-11-01",
            "since: 2026-11-01\n#   graceUntil: 2026-11-01",
            "not after the rule's first day",
        ),
        ("since: 2026-11-01", "since: 2026-11-01\n#   docs: ../README.md", "is no address"),
        ("[data_product, metric]}", "[metric], domains: [Sales]}", "domains that are judged are not named"),
        ("[data_product, metric]}", "[metric], domains: []}", "domains that are judged are not named"),
        ("[data_product, metric]}", "[metric], tiers: [one]}", "`tiers` is not known here"),
        ("{kinds: [data_product, metric]}", "everything", "This is no mapping"),
        ("[data_product, metric]", "[table]", "kinds of asset that are judged are not named"),
        ("[data_product, metric]", "[]", "kinds of asset that are judged are not named"),
        ("#   owner: governance\n", "", "`owner` is not declared"),
        ("remediation:", "remedation:", "`remedation` is not known here"),
        ('"Declare owner."', '"Declare {owner}."', "`{owner}` is an argument that no violation gives"),
        ("# custom:\n", "# custom: none\n# other:\n", "This is no mapping"),
        ("# custom:\n", "# custom: [\n", "YAML_SYNTAX"),
        ("# title: An", "# - An", "YAML_SYNTAX"),
    ],
)
def test_a_fault_in_the_header_is_named_at_its_place(before: str, after: str, words: str) -> None:
    rule, findings = read(SOURCE.replace(before, after))
    assert rule is None
    assert any(words in one for one in findings), findings


def test_a_header_that_is_no_mapping_is_refused() -> None:
    rule, findings = read("# METADATA\n# just text\npackage governance.org.owner\n")
    assert rule is None
    assert any("This is no mapping" in one for one in findings)


def test_the_ids_of_a_domain_are_not_the_organisations() -> None:
    assert read(SOURCE, "finance")[1][0].startswith("org/owner.rego:4:9 /custom/id")
    assert read(SOURCE.replace("ORG-OWN-001", "FIN-OWN-001"), "finance")[1] == []


def test_the_header_ends_where_the_comments_end() -> None:
    later = SOURCE + "# severity: of no account\n"
    assert read(later)[1] == []
    assert read("# a remark\n\n" + SOURCE)[1] == []
