"""Who must approve, whose approval counts, and what reading exposes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalog.access.classification import is_personal, personal_columns, rank_of
from catalog.access.exposure import Exposure, exposure_of
from catalog.access.sign_off import SignOff, SignOffs, counted, governance_of, required_roles
from catalog.domain.data_contract import DataContract, Property, SchemaObject
from catalog.domain.data_product import DataProduct
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.governance import Governance
from catalog.domain.lifecycle import Status
from catalog.domain.metric import Metric, MetricType, SemanticManifest
from catalog.domain.people import Role

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ALL = (Role.DOMAIN_OWNER, Role.STEWARD, Role.EXECUTIVE_SPONSOR)


def metric_draft(tier: str = "", **custom: str) -> Draft:
    metric = Metric("gmv", MetricType.SIMPLE, governance=Governance(domain="sales", tier=tier, custom=custom))
    content = MetricContent(metric, SemanticManifest((), (metric,)))
    return Draft(metric.key, "1.0.0", "sha256:a", "sha256:d", content, ())


def product_draft(*columns: Property) -> Draft:
    contract = DataContract("c", "1.0.0", "v3.1.0", schema=(SchemaObject("orders", properties=columns),))
    product = DataProduct("p", "orders", "1.0.0", "v1.0.0", "sales")
    return Draft(product.key, "1.0.0", "sha256:a", "sha256:d", ProductContent(product, (contract,)), ())


@pytest.mark.parametrize(
    ("tier", "roles"),
    [("", 0), ("tier_3", 0), ("tier_2", 1), ("tier_1", 2), ("north_star", 3), ("nothstar", 3)],
)
def test_the_tier_says_who_signs(tier: str, roles: int) -> None:
    assert required_roles(metric_draft(tier)) == ALL[:roles]


def test_a_product_without_a_tier_is_served_without_a_queue() -> None:
    assert required_roles(product_draft()) == ()


def test_nobody_leaves_the_table_by_editing_the_tier() -> None:
    assert required_roles(metric_draft("tier_3"), metric_draft("north_star")) == ALL
    assert required_roles(metric_draft("north_star"), metric_draft("tier_3")) == ALL


def test_approvals_of_another_definition_do_not_count() -> None:
    old = SignOff(Role.STEWARD, "stella", "sha256:old", NOW)
    new = replace(old, definition_digest="sha256:d")
    assert counted((old, new), "sha256:d", frozenset()) == (new,)


def test_a_proposer_approves_as_owner_only() -> None:
    owner = SignOff(Role.DOMAIN_OWNER, "olga", "sha256:d", NOW)
    steward = SignOff(Role.STEWARD, "olga", "sha256:d", NOW)
    assert counted((owner, steward), "sha256:d", frozenset({"olga"})) == (owner,)
    assert SignOffs(ALL, counted((owner, steward), "sha256:d", frozenset({"olga"}))).missing == ALL[1:]


def test_governance_comes_from_the_asset_itself() -> None:
    assert governance_of(metric_draft("tier_1")).tier == "tier_1"
    assert governance_of(product_draft()).tier == ""


@pytest.mark.parametrize(
    ("word", "rank", "personal"),
    [
        ("", 0, False),
        ("public", 0, False),
        ("Internal", 1, False),
        ("PII", 3, True),
        ("special category", 4, True),
        ("odd", None, True),
    ],
)
def test_classifications_have_an_order(word: str, rank: int | None, personal: bool) -> None:
    assert (rank_of(word), is_personal(word)) == (rank, personal)


def test_personal_columns_are_found_however_deep() -> None:
    street = Property("street", classification="personal")
    nested = Property("address", properties=(street,))
    listed = Property("phones", items=Property("phone", classification="pii"))
    content = product_draft(Property("id"), nested, listed).content
    assert isinstance(content, ProductContent)
    assert personal_columns(content.contracts[0]) == ("orders.address.street", "orders.phones.phone")


def test_exposure_follows_status_and_classification() -> None:
    open_product = product_draft(Property("id", classification="public"))
    personal = product_draft(Property("email", classification="pii"))
    assert exposure_of(open_product, Status.ACTIVE) is Exposure.OPEN
    assert exposure_of(open_product, Status.RETIRED) is Exposure.UNSERVED
    assert exposure_of(personal, Status.DEPRECATED) is Exposure.PERSONAL


def test_a_metric_is_open_unless_it_says_otherwise() -> None:
    assert exposure_of(metric_draft(), Status.ACTIVE) is Exposure.OPEN
    assert exposure_of(metric_draft(classification="personal"), Status.ACTIVE) is Exposure.PERSONAL
