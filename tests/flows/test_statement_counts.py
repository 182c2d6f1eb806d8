"""Each read operation costs a known number of SQL statements, however much it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flows.conftest import Mesh
from flows.publishing_mesh import OLGA, ORDERS, open_engines, open_mesh, product_documents
from flows.test_store_waivers import approved
from ports.store_examples import sqlite_url
from sqlalchemy import Engine, event

from catalog.publishing.facts import facts_of

READS = [
    ("bi", "bi/find_metrics", {"first": 100}, 1),
    ("bi", "bi/read_data_product", {"domain": "sales", "name": "orders"}, 1),
    ("finance-owner", "domain_team/waiting_drafts", {}, 1),
    ("bi", "bi/trace_lineage", {"node": "metric:finance.gmv"}, 1),
    ("bi", "bi/trace_lineage", {"node": "data_product:sales.orders", "direction": "DOWNSTREAM"}, 1),
    ("policy", "policy_ci/denied_decisions", {}, 1),
    ("policy", "policy_ci/decision_history", {"asset": "metric:sales.gmv"}, 1),
    ("policy", "policy_ci/quality_evidence", {"asset": "data_product:sales.orders"}, 1),
]
TO_FIND_THE_TOKEN = 1


@contextmanager
def selects() -> Iterator[list[str]]:
    """Every query that reaches a database in the block."""
    seen: list[str] = []

    def remember(*given: Any) -> None:
        if given[2].lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(given[2])

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", remember)


@pytest.mark.parametrize(
    ("actor", "operation", "variables", "expected"), READS, ids=lambda value: str(value)[:40]
)
def test_a_read_is_one_statement(
    mesh: Mesh, actor: str, operation: str, variables: dict[str, Any], expected: int
) -> None:
    with selects() as seen:
        mesh.operation(actor, operation, **variables)
    assert len(seen) == TO_FIND_THE_TOKEN + expected, seen


def test_a_metric_query_costs_the_same_however_many_rows_and_metrics_the_mesh_has(mesh: Mesh) -> None:
    by_name, versions, draft, settled = 1, 1, 1, 2
    with selects() as seen:
        mesh.operation("bi", "bi/query_metric", ask={"metrics": ["gmv"], "groupBy": ["metric_time__day"]})
    per_model = versions + draft
    assert len(seen) <= TO_FIND_THE_TOKEN + by_name + versions + draft + settled + per_model, seen


def test_a_metric_query_of_an_unchanged_mesh_asks_only_whether_it_changed(mesh: Mesh) -> None:
    ask = {"metrics": ["gmv"], "groupBy": ["metric_time__day"]}
    mesh.operation("bi", "bi/query_metric", ask=ask)
    with selects() as seen:
        mesh.operation("bi", "bi/query_metric", ask=ask)
    head, rollups = 1, 1
    assert len(seen) <= TO_FIND_THE_TOKEN + head + rollups, seen


def test_what_the_gate_must_know_about_an_asset_is_eight_statements_whatever_the_store_holds(
    tmp_path: Path,
) -> None:
    """The versions, who proposed, who signed, what is served, who reads, the row, the rules and the waivers."""
    with open_engines() as engines, open_mesh(tmp_path, sqlite_url(tmp_path), engines) as opened:
        opened.register(*product_documents())
        for _ in range(3):
            approved(opened)
        with opened.store.open(OLGA, read_only=True) as unit:
            draft = unit.drafts.latest(ORDERS)
            assert draft is not None
            with selects() as seen:
                facts = facts_of(draft, unit, opened.gate.served, OLGA.subject)
    assert len(facts.waivers) == 3
    assert len(seen) == 8, seen
