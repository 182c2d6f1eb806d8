"""A metric's lineage as an OpenLineage JobEvent; checked by hand against openlineage-python 1.54.0."""

from datetime import UTC, datetime
from typing import Any

from catalog.domain.lineage import LineageRole, Link, Node, NodeKind
from catalog.lineage.openlineage import event_of

GMV, SUM = Node(NodeKind.METRIC, "sales.gmv"), Node(NodeKind.MEASURE, "sales.o.sum")
STATE = Node(NodeKind.DIMENSION, "sales.o.state")
LINKS = (
    Link(GMV, SUM, LineageRole.VALUE),
    Link(SUM, Node.column("sales.orders", "orders", "amount"), LineageRole.VALUE),
    Link(SUM, Node.column("sales.customers", "customers", "*"), LineageRole.VALUE),
    Link(GMV, STATE, LineageRole.GROUP),
    Link(STATE, Node.column("sales.orders", "orders", "status"), LineageRole.VALUE),
)


def event(**more: str) -> dict[str, Any]:
    said = {"description": "All sales.", "owner": "olga"} | more
    return event_of(GMV, "1.2.0", LINKS, published_at=datetime(2026, 11, 21, 12, tzinfo=UTC), **said)


def test_the_event_says_when_by_whom_and_by_which_schema() -> None:
    found = event()
    assert found["eventTime"] == "2026-11-21T12:00:00+00:00"
    assert found["producer"].startswith("urn:concord:")
    assert found["schemaURL"] == "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent"
    assert (found["job"]["namespace"], found["job"]["name"]) == ("concord", "metric:sales.gmv")


def test_every_dataset_behind_the_metric_is_an_input_also_where_only_rows_are_counted() -> None:
    names = [one["name"] for one in event()["inputs"]]
    assert names == ["data_product:sales.customers/customers", "data_product:sales.orders/orders"]


def test_what_decides_stands_at_the_field_and_what_groups_at_the_dataset() -> None:
    facet = event()["outputs"][0]["facets"]["columnLineage"]
    (amount,) = facet["fields"]["gmv"]["inputFields"]
    (status,) = facet["dataset"]
    assert (amount["name"], amount["field"]) == ("data_product:sales.orders/orders", "amount")
    assert [(one["type"], one["subtype"]) for one in amount["transformations"]] == [("DIRECT", "AGGREGATION")]
    assert status["field"] == "status"
    assert [(one["type"], one["subtype"]) for one in status["transformations"]] == [("INDIRECT", "GROUP_BY")]


def test_every_facet_names_its_producer_and_its_schema() -> None:
    facets = event()["outputs"][0]["facets"]
    assert set(facets) == {"schema", "version", "columnLineage", "documentation", "ownership"}
    for name, facet in facets.items():
        assert facet["_producer"].startswith("urn:concord:"), name
        assert facet["_schemaURL"].startswith("https://openlineage.io/spec/facets/"), name
        assert facet["_schemaURL"].endswith("DatasetFacet"), name
    assert set(event(description="", owner="")["outputs"][0]["facets"]) == {
        "schema",
        "version",
        "columnLineage",
    }
