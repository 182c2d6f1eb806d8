"""The one decision function."""

import pytest

from catalog.access.actor import EVERYWHERE, SYSTEM, Actor
from catalog.access.decide import GRANTS, decide, require, unseen
from catalog.access.exposure import Exposure
from catalog.access.permission import Permission
from catalog.domain.errors import Forbidden, NotFound
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role

ORDERS = AssetKey.parse("data_product:sales.orders")
STRANGER = Actor("stranger", "bi", "dashboard")


def actor(role: Role, domain: str = "sales") -> Actor:
    return Actor("somebody", "team", "app", {domain: frozenset({role})})


def test_permissions_are_alphabetised_and_say_scope_resource_action() -> None:
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert all(len(value.split(":")) == 3 for value in values)
    assert all(
        value.upper().replace(":", "_") == one.name for one, value in zip(Permission, values, strict=True)
    )


def test_every_permission_has_somebody_who_holds_it() -> None:
    assert set(GRANTS) == set(Permission)
    assert all(GRANTS.values())


@pytest.mark.parametrize(
    ("role", "domain", "permission", "allowed"),
    [
        (Role.DOMAIN_OWNER, "sales", Permission.DOMAIN_VERSION_PUBLISH, True),
        (Role.DOMAIN_OWNER, "finance", Permission.DOMAIN_VERSION_PUBLISH, False),
        (Role.DOMAIN_OWNER, EVERYWHERE, Permission.DOMAIN_VERSION_PUBLISH, True),
        (Role.CONSUMER, "sales", Permission.DOMAIN_VERSION_PUBLISH, False),
        (Role.EXECUTIVE_SPONSOR, "sales", Permission.DOMAIN_DRAFT_SIGN_OFF, True),
        (Role.ADMIN, EVERYWHERE, Permission.DOMAIN_DRAFT_SIGN_OFF, False),
        (Role.AUDITOR, EVERYWHERE, Permission.ORGANISATION_AUDIT_READ, True),
        (Role.AUDITOR, "sales", Permission.ORGANISATION_AUDIT_READ, False),
        (Role.POLICY_ENGINEER, EVERYWHERE, Permission.DOMAIN_DRAFT_REGISTER, False),
    ],
)
def test_a_role_holds_in_its_domain(role: Role, domain: str, permission: Permission, allowed: bool) -> None:
    where = "" if permission.value.startswith("organisation:") else "sales"
    assert decide(actor(role, domain), permission, domain=where).allowed is allowed


def test_a_decision_names_its_rule_and_its_reason() -> None:
    allowed = decide(actor(Role.STEWARD), Permission.DOMAIN_VERSION_PUBLISH, key=ORDERS)
    refused = decide(STRANGER, Permission.DOMAIN_VERSION_PUBLISH, key=ORDERS)
    assert (allowed.rule, allowed.reason) == ("role:steward@sales", "somebody is steward of sales.")
    assert refused.rule == "none:domain:version:publish@sales"
    assert "domain_owner" in refused.reason


def test_the_key_says_the_domain_whatever_else_is_passed() -> None:
    assert not decide(
        actor(Role.STEWARD),
        Permission.DOMAIN_VERSION_PUBLISH,
        domain="sales",
        key=AssetKey.parse("metric:finance.mrr"),
    ).allowed


def test_what_is_served_and_open_is_read_by_every_token() -> None:
    assert (
        decide(STRANGER, Permission.ASSET_DATA_READ, key=ORDERS, exposure=Exposure.OPEN).rule == "read:open"
    )
    assert decide(STRANGER, Permission.ASSET_METADATA_READ, key=ORDERS, exposure=Exposure.OPEN).allowed


def test_personal_values_need_a_grant_but_can_be_found() -> None:
    assert not decide(STRANGER, Permission.ASSET_DATA_READ, key=ORDERS, exposure=Exposure.PERSONAL).allowed
    assert decide(STRANGER, Permission.ASSET_METADATA_READ, key=ORDERS, exposure=Exposure.PERSONAL).allowed
    assert decide(
        actor(Role.CONSUMER), Permission.ASSET_DATA_READ, key=ORDERS, exposure=Exposure.PERSONAL
    ).allowed


def test_an_admin_sees_no_personal_values() -> None:
    assert not decide(SYSTEM, Permission.ASSET_DATA_READ, key=ORDERS, exposure=Exposure.PERSONAL).allowed


def test_nothing_opens_by_omission() -> None:
    assert not decide(STRANGER, Permission.ASSET_DATA_READ, key=ORDERS).allowed
    assert not decide(STRANGER, Permission.DOMAIN_VERSION_PUBLISH, key=ORDERS, exposure=Exposure.OPEN).allowed


def test_a_refused_read_looks_like_a_read_of_nothing() -> None:
    with pytest.raises(NotFound) as refused:
        require(STRANGER, Permission.ASSET_METADATA_READ, key=ORDERS)
    absent = unseen(ORDERS)
    assert (str(refused.value), refused.value.remedy, refused.value.findings) == (
        str(absent),
        absent.remedy,
        absent.findings,
    )


def test_a_refused_write_says_why() -> None:
    with pytest.raises(Forbidden, match="domain:version:publish in sales needs one of: admin"):
        require(STRANGER, Permission.DOMAIN_VERSION_PUBLISH, key=ORDERS)


def test_what_is_allowed_comes_back_with_its_reason() -> None:
    assert require(SYSTEM, Permission.ORGANISATION_TOKEN_ISSUE).rule == "role:admin@*"
