"""The demo knows what must come of its mesh, and says where it did not."""

from collections.abc import Sequence

import pytest

from catalog.cli.demonstration.cast import approver, cast
from catalog.cli.demonstration.expectation import read_expectations
from catalog.domain.document import Document
from catalog.domain.errors import Refused
from catalog.domain.finding import Finding, Level
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.domain.settlement import Fate
from catalog.publishing.outcome import PublishOutcome, PublishResult

ORDERS, LEADS = AssetKey.parse("data_product:sales.orders"), AssetKey.parse("data_product:marketing.leads")
EXPECTED = read_expectations(
    Document(
        "expectations.yaml",
        b"""
published: ["data_product:sales.orders"]
sign_offs:
  - {asset: "metric:sales.gmv", roles: [domain_owner, steward]}
faults:
  - {asset: "data_product:marketing.leads", code: QUALITY_CHECK_FAILED, check: no lead twice, sentence: Leads come twice.}
dispute: {canonical: "metric:sales.gmv", reason: It is reported., others: {"metric:crm.gmv": rename}}
""",
    )
)
CAUGHT = Finding("QUALITY_CHECK_FAILED", "leads (no lead twice): measured 3", "Mend it.")


def outcome(key: AssetKey, findings: Sequence[Finding] = ()) -> PublishOutcome:
    refused = any(one.blocks for one in findings)
    result = PublishResult.REFUSED if refused else PublishResult.PUBLISHED
    return PublishOutcome(key, "1.0.0", "sha256:0", result, 1, "decision", findings=tuple(findings))


def surprises(orders: Sequence[Finding], leads: Sequence[Finding]) -> list[str]:
    return EXPECTED.surprises({ORDERS: outcome(ORDERS, orders), LEADS: outcome(LEADS, leads)})


def test_the_expectations_are_read_from_yaml() -> None:
    assert EXPECTED.published == (ORDERS,)
    assert EXPECTED.refused == (LEADS,)
    assert EXPECTED.dispute.others == ((AssetKey.parse("metric:crm.gmv"), Fate.RENAME),)
    assert EXPECTED.sign_offs == ((AssetKey.parse("metric:sales.gmv"), (Role.DOMAIN_OWNER, Role.STEWARD)),)


def test_broken_expectations_are_refused() -> None:
    with pytest.raises(Refused, match=r"expectations.yaml cannot be read"):
        read_expectations(Document("expectations.yaml", b"published: ["))


def test_a_run_in_which_each_fault_is_caught_by_its_rule_holds_no_surprise() -> None:
    assert surprises([], [CAUGHT]) == []
    assert surprises([], [CAUGHT, Finding("OTHER", "Only a warning.", "-", Level.WARNING)]) == []


@pytest.mark.parametrize(
    ("orders", "leads", "sentence"),
    [
        ([CAUGHT], [CAUGHT], "data_product:sales.orders should be published and was refused."),
        ([], [], "data_product:marketing.leads should be refused and was published."),
        ([], [Finding("OTHER", "no lead twice", "-")], "QUALITY_CHECK_FAILED did not catch it. Leads come twice."),
        ([], [Finding("QUALITY_CHECK_FAILED", "another check", "-")], "QUALITY_CHECK_FAILED did not catch it."),
        ([], [CAUGHT, Finding("ORG-OWN-001", "No owner.", "-")], "ORG-OWN-001 refused it too. No owner."),
    ],
)  # fmt: skip
def test_every_surprise_is_told_in_a_sentence(
    orders: list[Finding], leads: list[Finding], sentence: str
) -> None:
    assert any(sentence in one for one in surprises(orders, leads))


def test_nobody_of_the_cast_approves_what_they_register() -> None:
    actors = cast()
    for domain in ("sales", "marketing", "finance", "operations"):
        for role in (Role.DOMAIN_OWNER, Role.STEWARD, Role.EXECUTIVE_SPONSOR):
            name = approver(role, domain)
            assert any(role in held for held in actors[name].roles.values())
        assert approver(Role.STEWARD, domain) != approver(Role.DOMAIN_OWNER, domain)
