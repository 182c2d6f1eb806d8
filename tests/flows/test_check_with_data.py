"""A check of documents beside their data, and a publication, hold definitions and time spines against it."""

from pathlib import Path

import pytest
from flows.publishing_mesh import GMV, OLGA, ORDERS, manifest_of, metric_document
from flows.test_metric_standing import product, put, services  # noqa: F401  # a fixture

from catalog.bootstrap import Services
from catalog.domain.document import Document
from catalog.domain.finding import Finding
from catalog.policy.decision import EnforcementPoint
from catalog.publishing.check import check
from catalog.publishing.outcome import PublishCommand
from catalog.publishing.publish import publish
from catalog.registry.register import register

ROWS = {
    "kept": "1,10,a@b.example,2026-01-01,7\n2,3,c@d.example,2026-01-02,7\n",
    "gap": "1,10,a@b.example,2026-01-01,7\n2,3,c@d.example,2026-01-04,7\n",
    "key twice": "1,10,a@b.example,2026-01-01,7\n1,3,c@d.example,2026-01-02,7\n",
}
CODES = {"kept": [], "gap": ["TIME_SPINE_INCOMPLETE"], "key twice": ["METRIC_KEY_REPEATED"]}


def metrics() -> Document:
    """The metric, and a time spine over the same file: one order each day."""
    spine = b"""
models:
  - name: orders
    time_spine: {standard_granularity_column: ordered_at}
    columns: [{name: ordered_at, granularity: day}]
    config:
      meta: {product: sales.orders}
"""
    return Document("gmv.yaml", metric_document(tier="tier_3").data + spine)


def write(services: Services, rows: str) -> None:  # noqa: F811
    file = Path(services.settings.data_root) / "orders.csv"
    file.write_text(f"order_id,amount,email,ordered_at,total\n{rows}")


def live(findings: tuple[Finding, ...]) -> list[str]:
    return [one.code for one in findings if one.code.startswith(("TIME_SPINE", "METRIC_")) and one.blocks]


@pytest.mark.parametrize("case", ROWS)
def test_a_check_holds_definitions_and_spines_against_the_data(services: Services, case: str) -> None:  # noqa: F811
    write(services, ROWS[case])
    gate = services.gate
    outcome = check(
        [*product("1.0.0"), metrics()],
        bundle=gate.policies.now(EnforcementPoint.CI).bundle,
        engine=gate.policy_engine,
        clock=services.clock,
        sql_engine=gate.sql_engine,
        locator=gate.locator,
    )
    assert live(outcome.findings) == CODES[case]
    assert all(one.place.file == "gmv.yaml" for one in outcome.findings if one.code in CODES[case])


def test_a_metric_over_a_spine_with_gaps_is_not_published(services: Services) -> None:  # noqa: F811
    put(services, ORDERS, *product("1.0.0"))
    register(manifest_of(metrics()), OLGA, services.store.open, services.clock)
    write(services, ROWS["gap"])
    refused = publish(PublishCommand(GMV), OLGA, services.gate)
    assert not refused.published
    assert live(refused.findings) == ["TIME_SPINE_INCOMPLETE"]
    write(services, ROWS["kept"])
    assert publish(PublishCommand(GMV), OLGA, services.gate).published
