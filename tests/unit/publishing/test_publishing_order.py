"""Assets come after what they are made from; a circle is named and ends nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations

from flows.publishing_mesh import manifest_of, metric_document, product_documents

from catalog.domain.data_product import InputPort, OutputPort
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.metric import MetricType
from catalog.publishing.order import in_order
from catalog.registry.drafts import drafts_of

(ORDERS, GMV), _ = drafts_of(manifest_of(*product_documents(), metric_document()))


def product(name: str, *reads: str) -> Draft:
    """A product with a contract of its name that reads these contracts."""
    assert isinstance(ORDERS.content, ProductContent)
    changed = replace(
        ORDERS.content.product,
        name=name,
        output_ports=(OutputPort(name, "1", name),),
        input_ports=tuple(InputPort(one, "1", one) for one in reads),
    )
    return replace(ORDERS, key=changed.key, content=ProductContent(changed, ()))


def derived(name: str, *inputs: Draft) -> Draft:
    """A metric that is made from these."""
    assert isinstance(GMV.content, MetricContent)
    metric = replace(GMV.content.metric, name=name, type=MetricType.DERIVED)
    inner = [
        one
        for each in inputs
        if isinstance(each.content, MetricContent)
        for one in each.content.closure.metrics
    ]
    closure = replace(GMV.content.closure, metrics=(metric, *inner))
    return replace(GMV, key=metric.key, content=MetricContent(metric, closure))


def names(drafts: Iterable[Draft]) -> list[str]:
    return [one.key.name for one in drafts]


def test_inputs_come_before_what_is_made_from_them_in_whatever_order_they_are_named() -> None:
    twice = derived("a_twice", GMV)
    every = (derived("a_third", twice), twice, GMV, ORDERS)
    for given in permutations(every):
        assert names(in_order(given).drafts) == ["orders", "gmv", "a_twice", "a_third"]


def test_products_come_after_the_products_whose_contracts_they_read() -> None:
    mart, raw = product("a_mart", "z_raw"), product("z_raw")
    order = in_order([mart, raw])
    assert names(order.drafts) == ["z_raw", "a_mart"]
    assert order.sources[mart.key] == {raw.key}
    assert order.findings == ()


def test_what_is_not_in_the_set_is_not_waited_for() -> None:
    order = in_order([GMV])
    assert (names(order.drafts), order.sources[GMV.key]) == (["gmv"], frozenset())


def test_a_circle_is_a_finding_and_the_rest_is_still_in_order() -> None:
    order = in_order([product("a", "b"), product("b", "a"), product("c", "d"), product("d")])
    assert names(order.drafts) == ["d", "c", "a", "b"]
    (finding,) = order.findings
    assert finding.code == "DEPENDENCY_CYCLE"
    assert "data_product:sales.a" in finding.message
    assert "data_product:sales.b" in finding.message


def test_every_circle_is_named() -> None:
    order = in_order([product("a", "b"), product("b", "a"), product("c", "d"), product("d", "c")])
    assert [one.code for one in order.findings] == ["DEPENDENCY_CYCLE"] * 2
