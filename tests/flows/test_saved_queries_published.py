"""Saved queries over several metrics: judged with the documents, and again when one of their metrics is published."""

import pytest
from flows.publishing_mesh import GMV, OLGA, ORDERS, manifest_of, metric_document
from flows.test_metric_standing import BI, product, put, services  # noqa: F401  # a fixture

from catalog.bootstrap import Services
from catalog.domain.document import Document
from catalog.domain.errors import Refused
from catalog.domain.finding import Finding
from catalog.domain.identity import AssetKey
from catalog.metrics.estimate import STANDARD_ERROR
from catalog.metrics.query import MetricQuery
from catalog.policy.decision import EnforcementPoint
from catalog.publishing.check import check
from catalog.publishing.outcome import PublishOutcome
from catalog.registry.register import register
from catalog.serving.metric_query import query_metrics

COUNT = AssetKey.parse("metric:sales.senders")
MAIL = b"      - name: mail\n        type: categorical\n        expr: email\n"
DIMENSIONS = b"    dimensions:\n"


def documents(
    version: str = "1.0.0",
    *,
    saved: str = "Dimension('order__mail')",
    with_mail: bool = True,
    asking: bool = True,
) -> Document:
    """Two metrics of one model, in one version, and a saved query that asks for both."""
    more = f"""
  - name: senders
    type: simple
    type_params:
      metric_aggregation_params: {{semantic_model: orders, agg: count_distinct}}
      expr: email
    config:
      meta: {{domain: sales, owner: olga, tier: tier_3, version: {version}, approximate: true}}
"""
    query = f"""
saved_queries:
  - name: together
    query_params:
      metrics: [gmv, senders]
      group_by: ["{saved}"]
"""
    data = metric_document(version, tier="tier_3").data + (more + (query if asking else "")).encode()
    return Document("gmv.yaml", data.replace(DIMENSIONS, DIMENSIONS + MAIL) if with_mail else data)


def told(outcome: PublishOutcome) -> list[Finding]:
    return [one for one in outcome.findings if "saved query together" in one.message]


def test_documents_with_a_saved_query_that_has_no_answer_are_refused(services: Services) -> None:  # noqa: F811
    put(services, ORDERS, *product("1.0.0"))
    document = documents(with_mail=False)
    with pytest.raises(Refused) as refused:
        register(manifest_of(document), OLGA, services.store.open, services.clock)
    (fault,) = (one for one in refused.value.findings if one.blocks)
    line = document.data.decode().splitlines()[fault.place.line - 1]
    assert (fault.place.file, line.strip()) == ("gmv.yaml", "- name: together")


def test_a_check_of_documents_asks_their_saved_queries(services: Services) -> None:  # noqa: F811
    gate = services.gate
    for with_mail in (True, False):
        outcome = check(
            [*product("1.0.0"), documents(with_mail=with_mail)],
            bundle=gate.policies.now(EnforcementPoint.CI).bundle,
            engine=gate.policy_engine,
            clock=services.clock,
        )
        assert outcome.passes is with_mail, outcome.findings


def test_who_publishes_is_told_that_a_saved_query_loses_its_answer_until_its_metrics_meet_again(
    services: Services,  # noqa: F811
) -> None:
    put(services, ORDERS, *product("1.0.0"))
    assert told(put(services, GMV, documents())) == []  # the other one is not served yet
    assert told(put(services, COUNT, documents())) == []
    changed = documents("2.0.0", with_mail=False, saved="Entity('order')")
    (warning,) = told(put(services, GMV, changed))
    assert (warning.blocks, warning.place.file) == (False, "gmv.yaml")
    assert "define the semantic model orders differently" in warning.message
    assert told(put(services, COUNT, changed)) == []


def test_a_saved_query_that_came_with_another_metric_is_judged_too(services: Services) -> None:  # noqa: F811
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, documents())
    put(services, COUNT, documents())
    alone = documents("2.0.0", with_mail=False, asking=False)
    (warning,) = told(put(services, GMV, alone))
    assert not warning.blocks
    assert (
        told(put(services, GMV, documents("3.0.0", with_mail=False, asking=False))) == []
    )  # it was lost before


def test_an_answer_says_which_of_its_numbers_are_estimates(services: Services) -> None:  # noqa: F811
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, documents())
    put(services, COUNT, documents())
    answer = query_metrics(MetricQuery(("gmv", "senders")), BI, services)
    assert answer.rows == [(13, 2)]
    assert [(one.approximate, one.standard_error) for one in answer.facts] == [
        (False, None),
        (True, STANDARD_ERROR),
    ]
