"""A known answer is never given where another answer might be due: T28 of the threats."""

import os
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from flows.conftest import Mesh, mesh

from catalog.access.actor import Actor
from catalog.domain.dataset import Dataset
from catalog.domain.people import Role
from catalog.metrics.compile import CompiledQuery
from catalog.metrics.plan.read_model import ReadModel
from catalog.serving.metric_read.execution import Question, question_of

__all__ = ["mesh"]
pytestmark = pytest.mark.security
EMBEDDED = pytest.mark.parametrize("mesh", ["embedded"], indirect=True)
PLAN = CompiledQuery("SELECT $1", ("a",), (1,), ("orders",), ReadModel("orders", "orders", "orders", ()))
ORDERS = Dataset("orders", "parquet", ("/data/orders.parquet",), "sha256:1")
ANNA = Actor("anna", "planning", "dashboards", {"*": frozenset({Role.CONSUMER})})
ASK = "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows cached computedAt facts { quality } } }"


def asked(actor: Actor = ANNA, plan: CompiledQuery = PLAN, *datasets: Dataset) -> Question:
    return question_of(plan, (), datasets or (ORDERS,), actor)


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, team="sales"),
        replace(ANNA, roles={}),
        replace(ANNA, roles={"sales": frozenset({Role.CONSUMER})}),
        replace(ANNA, roles={"*": frozenset({Role.CONSUMER, Role.STEWARD})}),
    ],
)
def test_other_grants_make_another_question(other: Actor) -> None:
    assert asked(other) != asked()


def test_the_same_grants_share_whoever_asks() -> None:
    assert asked(replace(ANNA, subject="bela", application="notebook")) == asked()


@pytest.mark.parametrize("value", [True, 1.0, Decimal(1), "1", (1,), None])
def test_values_that_only_python_calls_equal_make_another_question(value: object) -> None:
    assert asked(ANNA, replace(PLAN, parameters=(value,))) != asked()


def test_other_sql_other_files_and_other_content_make_another_question() -> None:
    assert asked(ANNA, replace(PLAN, sql="SELECT $1 + 0")) != asked()
    others = (
        replace(ORDERS, fingerprint="sha256:2"),
        replace(ORDERS, name="o"),
        replace(ORDERS, files=("/x",)),
    )
    assert all(asked(ANNA, PLAN, other) != asked() for other in others)


def test_every_part_of_a_question_counts() -> None:
    assert {one.name for one in fields(Question) if not one.compare} == set()


def ask(mesh: Mesh, actor: str, **more: object) -> dict[str, object]:
    data = mesh.send(actor, ASK, a={"metrics": ["gmv"], "groupBy": ["order__status"], **more})["data"]
    found: dict[str, object] = data["metricQuery"]
    return found


@EMBEDDED
def test_a_known_answer_is_the_same_answer_and_says_so(mesh: Mesh) -> None:
    first, second = ask(mesh, "bi", limit=41), ask(mesh, "bi", limit=41)
    assert (first["cached"], second["cached"]) == (False, True)
    assert first["rows"] == second["rows"]
    assert first["computedAt"] == second["computedAt"]


@EMBEDDED
def test_actors_with_other_rights_never_get_each_others_known_answers(mesh: Mesh) -> None:
    said = [ask(mesh, actor, limit=42)["cached"] for actor in ("bi", "finance-owner", "sales-steward", "bi")]
    assert said == [False, False, False, True]


@EMBEDDED
def test_a_known_answer_is_logged_as_a_read(mesh: Mesh) -> None:
    count = "{ accessLog(first: 100) { nodes { subject asset rows } } }"
    ask(mesh, "bi", limit=43)
    before = mesh.send("auditor", count)["data"]["accessLog"]["nodes"]
    assert ask(mesh, "bi", limit=43)["cached"] is True
    after = mesh.send("auditor", count)["data"]["accessLog"]["nodes"]
    assert after[0] == before[0] == {"subject": "bi", "asset": "metric:finance.gmv", "rows": 3}
    assert after[1:] == before[: len(after) - 1]


@EMBEDDED
def test_changed_data_has_no_known_answer(mesh: Mesh) -> None:
    file = Path(mesh.services.settings.data_root) / "sales" / "orders" / "orders.parquet"
    known = ask(mesh, "bi", limit=44)
    times = file.stat()
    try:
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns + 10**9))
        changed = ask(mesh, "bi", limit=44)
    finally:
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (known["cached"], changed["cached"]) == (False, False)
    assert (known["facts"], changed["facts"]) == ([{"quality": "passed"}], [{"quality": "unverified"}])
    assert ask(mesh, "bi", limit=44)["cached"] is True
