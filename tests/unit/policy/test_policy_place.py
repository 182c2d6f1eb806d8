"""A violation's pointer leads to the line in the document."""

import pytest
from unit.policy.policy_examples import column, contract, metric_draft, product_draft

from catalog.domain.finding import NOWHERE
from catalog.policy.place import place_at, places_of

DRAFT = product_draft(
    contract(column("a", 18), column("nested", 19, properties=(column("inner", 21),)), column("z"))
)


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/asset", "product.odps.yaml:1:1"),
        ("", "product.odps.yaml:1:1"),
        ("/product/inputPorts/0", "product.odps.yaml:9:5"),
        ("/product/outputPorts/0", "product.odps.yaml:12:5"),
        ("/product/outputPorts/7", "product.odps.yaml:1:1"),
        ("/product/managementPorts/0", "product.odps.yaml:30:5"),
        ("/contracts/0", "contract.odcs.yaml:1:1"),
        ("/contracts/0/servers/0", "contract.odcs.yaml:8:5"),
        ("/contracts/0/sla/0", "contract.odcs.yaml:40:5"),
        ("/contracts/0/columns/0", "contract.odcs.yaml:18:9 /schema/0/properties"),
        ("/contracts/0/columns/2", "contract.odcs.yaml:21:9 /schema/0/properties"),
        ("/contracts/0/columns/0/tags/0", "contract.odcs.yaml:18:9 /schema/0/properties"),
        ("/contracts/0/columns/3", "contract.odcs.yaml:1:1"),
        ("/contracts/0/columns/99", "contract.odcs.yaml:1:1"),
        ("/contracts/9/columns/0", "product.odps.yaml:1:1"),
    ],
)
def test_a_pointer_leads_to_its_element_or_the_nearest_above(pointer: str, place: str) -> None:
    assert str(place_at(places_of(DRAFT), pointer)) == place


def test_everything_of_a_metric_stands_where_the_metric_does() -> None:
    assert str(place_at(places_of(metric_draft()), "/metric")) == "metrics.yaml:7:5"


def test_without_any_place_nothing_is_guessed() -> None:
    assert place_at({}, "/asset") == NOWHERE
