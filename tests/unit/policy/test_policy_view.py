"""The view is typed and complete, whatever was or was not declared."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.policy.policy_examples import (
    EMAIL,
    FACTS,
    NOW,
    VIEW_VALIDATOR,
    column,
    contract,
    metric_draft,
    product_draft,
    view,
)

from catalog.domain.data_contract import Property, SchemaObject, Server, SlaProperty, TeamMember
from catalog.domain.draft import Draft
from catalog.policy.decision import EnforcementPoint
from catalog.policy.view import MeshFacts, mesh_facts, view_of

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
VALUE = st.one_of(
    TEXT, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
CUSTOM = st.dictionaries(TEXT, st.one_of(VALUE, st.lists(VALUE, max_size=2)), max_size=3)
NAMES = st.sampled_from(["email", "zip_code", "amount", "Total Amount", "größe"])
PROPERTIES = st.recursive(
    st.builds(
        Property,
        name=NAMES,
        logical_type=TEXT,
        description=TEXT,
        classification=TEXT,
        required=st.booleans(),
        encrypted_name=TEXT,
        tags=st.lists(TEXT, max_size=2).map(tuple),
        custom=CUSTOM,
    ),
    lambda inner: st.builds(
        Property,
        name=NAMES,
        properties=st.lists(inner, max_size=2).map(tuple),
        items=st.none()
        | st.builds(Property, name=st.just(""), properties=st.lists(inner, max_size=2).map(tuple)),
    ),
    max_leaves=4,
)
SERVERS = st.builds(
    Server,
    name=TEXT,
    type=TEXT,
    options=st.dictionaries(st.sampled_from(["region", "customProperties"]), VALUE),
)
CONTRACTS = st.builds(
    contract,
    st.just(column("always")),
    schema=st.lists(
        st.builds(SchemaObject, name=TEXT, properties=st.lists(PROPERTIES, max_size=3).map(tuple)), max_size=2
    ).map(tuple),
    servers=st.lists(SERVERS, max_size=2).map(tuple),
    sla=st.lists(st.builds(SlaProperty, property=TEXT, value=VALUE, unit=TEXT), max_size=2).map(tuple),
)
PRODUCTS = st.builds(
    product_draft,
    CONTRACTS,
    facts=CUSTOM.map(lambda custom: {**FACTS, **custom}),
    tags=st.lists(TEXT, max_size=2).map(tuple),
)
METRICS = st.builds(metric_draft, tier=TEXT, executiveSponsor=VALUE, tags=st.lists(TEXT, max_size=2))


def invalid(document: dict[str, Any]) -> list[str]:
    return [f"{error.instance_path}: {error.message}" for error in VIEW_VALIDATOR.iter_errors(document)]


@given(
    draft=st.one_of(PRODUCTS, METRICS),
    previous=st.none() | PRODUCTS,
    served=st.lists(PRODUCTS | METRICS, max_size=2),
)
def test_every_view_is_valid_under_its_published_schema(
    draft: Draft, previous: Draft | None, served: list[Draft]
) -> None:
    built = view_of(draft, EnforcementPoint.CI, now=NOW, mesh=mesh_facts(served), previous=previous)
    assert invalid(built) == []


def test_the_schema_refuses_what_is_no_view() -> None:
    assert invalid(view(product_draft()) | {"asset": {}}) != []
    assert invalid(view(product_draft()) | {"more": ""}) != []


def test_what_is_not_declared_is_there_and_empty() -> None:
    built = view(metric_draft(description=None))
    assert built["asset"]["executiveSponsor"] == ""
    assert built["asset"]["regimes"] == []
    assert built["product"]["outputPorts"] == []
    assert built["contracts"] == []
    assert built["previous"] == {"exists": False, "version": "", "definitionDigest": "", "columns": []}


def test_the_instant_is_in_utc_to_the_second() -> None:
    berlin = NOW.astimezone(timezone(timedelta(hours=14)))
    built = view_of(product_draft(), EnforcementPoint.CI, now=berlin, mesh=MeshFacts())
    assert (built["now"], built["today"]) == ("2026-11-21T09:30:15Z", "2026-11-21")
    assert datetime.fromisoformat(built["now"]) == NOW.replace(microsecond=0)


def test_a_contract_takes_the_facts_of_its_product_where_it_has_none() -> None:
    own = contract(
        governance=product_draft(
            facts={"lawfulBasis": "contract", "regimes": "ccpa"}
        ).content.product.governance
    )
    inherited, declared = view(product_draft(contract(), own))["contracts"]
    assert (inherited["lawfulBasis"], inherited["regimes"]) == ("consent", ["gdpr"])
    assert (declared["lawfulBasis"], declared["regimes"]) == ("contract", ["ccpa"])


@pytest.mark.parametrize(
    ("servers", "regions"),
    [
        (
            (Server("a", "s3", options={"region": "eu-west-1"}), Server("b", "local")),
            ["eu-west-1", "eu-central-1"],
        ),
        ((Server("a", "athena", options={"regionName": "us-east-1"}),), ["us-east-1"]),
        (
            (
                Server(
                    "a", "s3", options={"customProperties": [{"property": "region", "value": "eu-north-1"}]}
                ),
            ),
            ["eu-north-1"],
        ),
        ((), ["eu-central-1"]),
    ],
)
def test_the_data_is_where_its_servers_are_or_where_it_is_declared(
    servers: tuple[Server, ...], regions: list[str]
) -> None:
    [built] = view(product_draft(contract(servers=servers)))["contracts"]
    assert [one["region"] for one in built["locations"]] == regions


def test_retention_is_a_property_or_a_service_level() -> None:
    by_level, by_property = (
        view(product_draft(contract(), facts=facts))["contracts"][0]["retention"]
        for facts in (FACTS, {**FACTS, "retention": "P3Y"})
    )
    assert (by_level, by_property) == ("7y", "P3Y")
    assert view(product_draft(contract(sla=())))["contracts"][0]["retention"] == ""


def test_nested_columns_stand_in_one_list_under_dotted_names() -> None:
    address = column("Address", properties=(column("zipCode"), column("Street Name")))
    lines = column("lines", items=Property("", properties=(column("amount"),)))
    [built] = view(product_draft(contract(EMAIL, address, lines)))["contracts"]
    assert [(one["name"], one["normalName"], one["path"]) for one in built["columns"]] == [
        ("email", "email", "/contracts/0/columns/0"),
        ("Address", "address", "/contracts/0/columns/1"),
        ("Address.zipCode", "address.zip_code", "/contracts/0/columns/2"),
        ("Address.Street Name", "address.street_name", "/contracts/0/columns/3"),
        ("lines", "lines", "/contracts/0/columns/4"),
        ("lines.amount", "lines.amount", "/contracts/0/columns/5"),
    ]


def test_classification_and_masking_read_alike_however_they_are_written() -> None:
    shouted = column("a", classification=" PII ", custom={"masking": "HASH"})
    encrypted = column("b", encrypted_name="b_encrypted")
    [built] = view(product_draft(contract(shouted, encrypted)))["contracts"]
    assert [(one["classification"], one["masking"]) for one in built["columns"]] == [
        ("pii", "hash"),
        ("", "encryption"),
    ]
    assert built["classifications"] == ["pii"]


def test_the_team_answers_where_no_property_does() -> None:
    team = (
        TeamMember("gone", role="steward", date_out="2026-01-01"),
        TeamMember("lin", role="Data Steward"),
        TeamMember("", "Kim", role="owner"),
    )
    asset = view(product_draft(facts={}, team=team))["asset"]
    assert (asset["owner"], asset["steward"]) == ("Kim", "lin")


def test_an_output_port_knows_whether_its_contract_came_along() -> None:
    draft = product_draft(contract(id="a"))
    ports = (
        *draft.content.product.output_ports,
        draft.content.product.output_ports[0].__class__("b", contract_id="b"),
    )
    built = view(product_draft(contract(id="a"), output_ports=ports))
    assert [port["hasContract"] for port in built["product"]["outputPorts"]] == [True, False]


def test_custom_properties_are_text() -> None:
    facts = {"rating": 5, "checked": True, "none": None, "links": ["a", "b"], "name": " spaced "}
    assert view(product_draft(facts=facts))["asset"]["custom"] == {
        "rating": "5",
        "checked": "true",
        "none": "",
        "links": '["a","b"]',
        "name": "spaced",
    }


def test_previous_shows_the_live_version() -> None:
    live = product_draft()
    built = view_of(product_draft(), EnforcementPoint.PUBLISH, now=NOW, mesh=MeshFacts(), previous=live)
    assert built["previous"]["exists"] is True
    assert built["previous"]["definitionDigest"] == "sha256:p"
    assert {
        "object": "people",
        "name": "email",
        "logicalType": "string",
        "classification": "personal",
    } in built["previous"]["columns"]


def test_the_mesh_shows_what_others_serve_under_the_same_names() -> None:
    numeric = contract(column("ZIP Code", logical_type="integer"), column("unshared", logical_type="integer"))
    served = [product_draft(numeric, domain="marketing"), product_draft(), metric_draft(domain="finance")]
    facts = mesh_facts(served)
    built = view(product_draft(contract(column("zipCode", logical_type="string"))), facts)
    assert built["mesh"]["columns"] == {
        "zip_code": [{"product": "marketing.people", "logicalType": "integer"}]
    }
    assert built["mesh"]["metrics"] == []
    [governed] = view(metric_draft(), facts)["mesh"]["metrics"]
    assert (governed["domain"], governed["name"], governed["definitionDigest"]) == (
        "finance",
        "gmv",
        "sha256:m",
    )
    assert view(metric_draft(domain="finance"), facts)["mesh"]["metrics"] == []


def test_a_metric_shows_which_of_its_products_are_served() -> None:
    orders = product_draft(name="orders")
    built = view(metric_draft(), mesh_facts([orders]))
    assert built["metric"]["products"] == ["sales.orders"]
    assert built["mesh"]["products"] == ["sales.orders"]
    assert view(metric_draft())["mesh"]["products"] == []
