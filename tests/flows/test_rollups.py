"""Pre-aggregations in the demo mesh: built, used, refreshed, and never used when they are not true any more."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flows.conftest import Mesh

from catalog.access.actor import Actor
from catalog.cli.demonstration.cast import cast
from catalog.domain.errors import Forbidden
from catalog.metrics.query import MetricQuery
from catalog.serving.metric_query import explain_metrics, query_metrics
from catalog.serving.metric_read.answer import MetricAnswer
from catalog.serving.metric_read.building import build_rollups

pytestmark = pytest.mark.parametrize("mesh", ["embedded"], indirect=True)
OWNER = cast()["sales-owner"]
BY_MONTH = MetricQuery(("sales.revenue",), ("metric_time__month",), order_by=("metric_time__month",))


def asked(mesh: Mesh, query: MetricQuery = BY_MONTH, actor: Actor = OWNER) -> MetricAnswer:
    return query_metrics(query, actor, mesh.services)


def rows(answer: MetricAnswer) -> list[tuple[Any, ...]]:
    return [(*row, *map(type, row)) for row in answer.rows]


@pytest.fixture
def orders(mesh: Mesh) -> Iterator[Path]:
    """The data behind the rollup, whose times a test may change."""
    file = Path(mesh.services.settings.data_root) / "sales" / "orders" / "orders.parquet"
    times = file.stat()
    yield file
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def touched(file: Path) -> None:
    times = file.stat()
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns + 10**9))


def test_a_rollup_gives_the_same_answer_and_says_so(mesh: Mesh, orders: Path) -> None:
    before = asked(mesh)
    touched(orders)  # so that the first build of this test run finds nothing fresh
    (outcome,) = build_rollups(["sales.revenue"], OWNER, mesh.services)
    assert (outcome.name, outcome.was_fresh, outcome.inexact) == ("orders.by_day", False, ())
    after = asked(mesh)
    assert (before.rollups, after.rollups) == ((), ("orders.by_day",))
    assert rows(after) == rows(before)
    assert "orders__by_day" in after.explanation
    assert "orders__by_day" in after.sql


def test_what_is_fresh_is_not_built_again(mesh: Mesh) -> None:
    list(build_rollups((), OWNER, mesh.services))
    assert all(one.was_fresh for one in build_rollups((), OWNER, mesh.services))


def test_a_rollup_of_other_data_is_never_used_until_it_is_built_again(mesh: Mesh, orders: Path) -> None:
    list(build_rollups(["revenue"], OWNER, mesh.services))
    assert asked(mesh).rollups
    touched(orders)
    assert asked(mesh).rollups == ()
    (outcome,) = build_rollups(["revenue"], OWNER, mesh.services)
    assert not outcome.was_fresh
    assert asked(mesh).rollups


def test_a_file_that_somebody_changed_or_took_away_is_not_read(mesh: Mesh) -> None:
    list(build_rollups(["revenue"], OWNER, mesh.services))
    (file,) = (Path(mesh.services.settings.cache_root) / "rollups").glob("*.parquet")
    true = asked(mesh)
    written = file.read_bytes()
    for content in (written[:-1] + b"?", None):
        file.unlink() if content is None else file.write_bytes(content)
        other = asked(mesh, MetricQuery(("revenue",), ("metric_time__month",), limit=1000))
        assert other.rollups == ()
        assert sorted(rows(other), key=repr) == sorted(rows(true), key=repr)
    assert not next(iter(build_rollups(["revenue"], OWNER, mesh.services))).was_fresh
    assert asked(mesh).rollups


def test_every_consumer_is_answered_by_it_and_logged(mesh: Mesh) -> None:
    list(build_rollups(["revenue"], OWNER, mesh.services))
    query = "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows rollups facts { quality } } }"
    ask = {"metrics": ["revenue_to_date"], "groupBy": ["metric_time__month"], "limit": 3}
    answer = mesh.send("bi", query, a=ask)["data"]["metricQuery"]
    assert answer["rollups"] == ["orders.by_day"]
    assert answer["facts"] == [{"quality": "passed"}]
    log = mesh.send("auditor", "{ accessLog(first: 1) { nodes { subject asset } } }")["data"]["accessLog"]
    assert log["nodes"] == [{"subject": "bi", "asset": "metric:sales.revenue_to_date"}]


def test_only_those_who_keep_the_metric_build(mesh: Mesh) -> None:
    for name in ("bi", "finance-owner"):
        with pytest.raises(Forbidden):
            list(build_rollups(["sales.revenue"], cast()[name], mesh.services))
    assert list(build_rollups((), cast()["bi"], mesh.services)) == []


def test_a_build_stands_in_the_audit_log(mesh: Mesh, orders: Path) -> None:
    touched(orders)
    list(build_rollups(["revenue"], OWNER, mesh.services))
    query = '{ auditLog(first: 1, target: "metric:sales.revenue") { nodes { actor action } } }'
    (entry,) = mesh.send("auditor", query)["data"]["auditLog"]["nodes"]
    assert entry == {"actor": "sales-owner", "action": "metric.rollup.built"}


def test_the_definition_s_own_sql_is_shown_where_nothing_is_run(mesh: Mesh) -> None:
    list(build_rollups(["revenue"], OWNER, mesh.services))
    assert "by_day" not in explain_metrics(BY_MONTH, OWNER, mesh.services).sql
