"""What a draft is made from, and what is made from it."""

from dataclasses import replace
from typing import Any

import pytest
from flows.publishing_mesh import manifest_of, metric_document, product_documents

from catalog.domain.data_product import InputPort, OutputPort
from catalog.domain.document import Document
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.governance import Governance
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.metric import MetricType
from catalog.domain.semantic_model import TimeGranularity, TimeSpine
from catalog.lineage.impact import Fate
from catalog.publishing.answer import findings_from_plain, findings_to_plain
from catalog.publishing.evaluate import definition_findings
from catalog.publishing.facts import depend_on, dependencies_of
from catalog.publishing.outcome import PublishOutcome, PublishResult, from_answer, to_answer
from catalog.publishing.snapshot import Dependency
from catalog.registry.compatibility import AffectedMetric, Consumer
from catalog.registry.drafts import drafts_of
from catalog.registry.served import Served, drafts_in

(PRODUCT, METRIC), _ = drafts_of(manifest_of(*product_documents(), metric_document()))


def product(name: str, **changes: Any) -> Draft:
    assert isinstance(PRODUCT.content, ProductContent)
    changed = replace(PRODUCT.content.product, name=name, **changes)
    return replace(PRODUCT, key=changed.key, content=ProductContent(changed, ()))


BI = Consumer("finance", "dashboard", 3)
READER = product(
    "report", output_ports=(), input_ports=(InputPort("orders", "1.0.0", "sales-orders-contract"),)
)
MAKER = product("mart", output_ports=(OutputPort("mart", input_contracts=(("sales-orders-contract", "1"),)),))


@pytest.mark.parametrize(
    ("served", "status"),
    [
        ((), None),
        ((Served(PRODUCT, Status.ACTIVE),), Status.ACTIVE),
        ((Served(PRODUCT, Status.DEPRECATED),), Status.DEPRECATED),
        ((Served(PRODUCT, Status.ACTIVE), Served(PRODUCT, Status.DEPRECATED)), Status.ACTIVE),
        ((Served(PRODUCT, Status.DEPRECATED), Served(PRODUCT, Status.ACTIVE)), Status.ACTIVE),
    ],
)
def test_a_dependency_has_the_best_status_it_is_served_in(
    served: tuple[Served, ...], status: Status | None
) -> None:
    assert dependencies_of(METRIC, served) == (Dependency("data product sales.orders", status),)
    assert dependencies_of(READER, served) == (
        Dependency("contract sales-orders-contract", status, governed=False),
    )
    assert dependencies_of(MAKER, served) == dependencies_of(READER, served)


def over_time(*, product: str, kind: MetricType) -> Draft:
    """The metric, counted over a time spine of this product."""
    assert isinstance(METRIC.content, MetricContent)
    spine = TimeSpine(
        "calendar", "calendar", "day", TimeGranularity.DAY, governance=Governance(custom={"product": product})
    )
    metric = replace(METRIC.content.metric, type=kind)
    closure = replace(METRIC.content.closure, metrics=(metric,), time_spines=(spine,))
    return replace(METRIC, content=MetricContent(metric, closure))


def test_a_time_spine_is_a_dependency_by_its_product() -> None:
    metric = over_time(product="platform.calendar", kind=MetricType.SIMPLE)
    assert dependencies_of(metric, ()) == (
        Dependency("data product sales.orders", None),
        Dependency("data product platform.calendar", None),
    )
    calendar = replace(PRODUCT, key=AssetKey.parse("data_product:platform.calendar"))
    assert drafts_in(depend_on(calendar, [Served(metric, Status.ACTIVE)])) == (metric,)


def test_a_time_spine_without_a_product_matters_only_to_metrics_that_need_moments() -> None:
    orders = Dependency("data product sales.orders", None)
    assert dependencies_of(over_time(product="", kind=MetricType.SIMPLE), ()) == (orders,)
    cumulative = over_time(product="", kind=MetricType.CUMULATIVE)
    assert dependencies_of(cumulative, ()) == (orders, Dependency("", None))


def test_a_metric_is_made_from_its_input_metrics() -> None:
    assert isinstance(METRIC.content, MetricContent)
    inner = METRIC.content.metric
    outer = replace(inner, name="twice", type=MetricType.DERIVED)
    closure = replace(METRIC.content.closure, metrics=(outer, inner))
    twice = replace(METRIC, key=outer.key, content=MetricContent(outer, closure))
    assert Dependency("metric sales.gmv", None) in dependencies_of(twice, ())
    assert Dependency("metric sales.gmv", Status.ACTIVE) in dependencies_of(
        twice, (Served(METRIC, Status.ACTIVE),)
    )
    assert drafts_in(depend_on(METRIC, [Served(twice, Status.ACTIVE)])) == (twice,)


def test_a_model_without_a_product_is_a_dependency_without_a_name() -> None:
    assert isinstance(METRIC.content, MetricContent)
    models = tuple(
        replace(one, governance=replace(one.governance, custom={}))
        for one in METRIC.content.closure.semantic_models
    )
    nameless = replace(
        METRIC,
        content=MetricContent(METRIC.content.metric, replace(METRIC.content.closure, semantic_models=models)),
    )
    assert dependencies_of(nameless, ()) == (Dependency("", None),)


def test_everything_made_from_a_product_is_found() -> None:
    served = tuple(
        Served(one, Status.ACTIVE)
        for one in (PRODUCT, METRIC, READER, MAKER, product("other", output_ports=()))
    )
    assert drafts_in(depend_on(PRODUCT, served)) == (METRIC, READER, MAKER)
    assert depend_on(METRIC, served) == ()
    assert drafts_in(served)[0] is PRODUCT


def test_an_outcome_is_remembered_whole() -> None:
    _, findings = drafts_of(manifest_of(*product_documents()[1:]))
    outcome = PublishOutcome(
        METRIC.key,
        "1.0.0",
        "sha256:a",
        PublishResult.REFUSED,
        3,
        "d",
        "",
        findings,
        (AffectedMetric(METRIC.key, "1.0.0", Fate.STAYS, ("orders.amount",), ("gone",), (BI,)),),
        {"payload": {"a": 1}},
    )
    assert findings
    assert findings_from_plain(findings_to_plain(findings)) == findings
    assert from_answer(to_answer(outcome)) == outcome


def test_a_saved_query_without_an_answer_is_a_fault_of_its_metric() -> None:
    saved = """
saved_queries:
  - name: {name}
    query_params:
      metrics: [gmv]
      group_by: ["{group_by}"]
"""
    fine = Document("fine.yaml", saved.format(name="by_day", group_by="metric_time__day").encode())
    wrong = Document("wrong.yaml", saved.format(name="by_colour", group_by="planet__colour").encode())
    drafts, _ = drafts_of(manifest_of(*product_documents(), metric_document(), fine, wrong))
    (metric,) = (one for one in drafts if isinstance(one.content, MetricContent))
    assert isinstance(metric.content, MetricContent)
    assert [one.name for one in metric.content.saved_queries] == ["by_day", "by_colour"]
    assert {one.path for one in metric.documents} == {"gmv.yaml", "fine.yaml", "wrong.yaml"}
    faults = [one for one in definition_findings(metric) if one.blocks]
    assert {one.place.file for one in faults} == {"wrong.yaml"}
