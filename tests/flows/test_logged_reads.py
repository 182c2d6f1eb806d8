"""No number leaves the house before its read is in the access log."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flows.conftest import Mesh
from waiting import until

from catalog.access.actor import SYSTEM
from catalog.domain.errors import EngineDeadline, StoreUnavailable
from catalog.domain.sql_engine import SqlQuery
from catalog.store.projections.access_log import AccessLog, AccessRow

QUERY = "query($ask: MetricQueryInput!) { metricQuery(input: $ask) { rows cached } }"
ASK = {"metrics": ["gmv"]}


def lines(mesh: Mesh) -> tuple[AccessRow, ...]:
    """The last lines, newest first."""
    return mesh.services.store.read(SYSTEM, AccessLog(limit=100))


def logged(mesh: Mesh) -> int:
    """The sequence of the last line."""
    return lines(mesh)[0].sequence


def test_a_read_whose_line_cannot_be_written_is_not_answered(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh.send("bi", QUERY, ask=ASK)
    before = logged(mesh)

    def lost(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(mesh.services.store._reads, "_write", lost)
    answer = mesh.send("bi", QUERY, ask=ASK)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "STORE_UNAVAILABLE"
    assert logged(mesh) == before


def test_every_one_of_many_reads_at_once_has_its_line(mesh: Mesh) -> None:
    mesh.send("bi", QUERY, ask=ASK)
    before = logged(mesh)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: mesh.send("bi", QUERY, ask=ASK), range(24)))
    assert all(one["data"]["metricQuery"]["rows"] for one in answers)
    assert sum(one.sequence > before and one.subject == "bi" for one in lines(mesh)) == 24


def test_an_answer_that_is_known_to_one_actor_is_no_way_around_the_token_of_another(mesh: Mesh) -> None:
    assert mesh.send("bi", QUERY, ask=ASK)["data"]
    stolen = Mesh(mesh.services, mesh.story, mesh.url, {"bi": "no such token"}, as_expected=True)
    answer = stolen.send("bi", QUERY, ask=ASK)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer


def test_a_read_that_fails_is_in_the_log_with_its_reason(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(_: object) -> None:
        raise EngineDeadline

    monkeypatch.setattr(mesh.services.sql_engine, "run", late)
    assert mesh.send("bi", QUERY, ask={"metrics": ["gmv"], "limit": 87})["data"] is None
    log = "{ accessLog(first: 1) { nodes { subject asset allowed rows fault } } }"
    (entry,) = mesh.send("auditor", log)["data"]["accessLog"]["nodes"]
    assert (entry["subject"], entry["allowed"], entry["rows"]) == ("bi", True, None)
    assert entry["fault"] in {"ENGINE_DEADLINE", "REFUSED"}


def test_a_read_is_in_the_log_before_the_engine_answers(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen, run = logged(mesh), [], mesh.services.sql_engine.run

    def watched(query: SqlQuery) -> object:
        until(lambda: logged(mesh) > before)
        seen.append(lines(mesh)[0])
        return run(query)

    monkeypatch.setattr(mesh.services.sql_engine, "run", watched)
    assert mesh.send("bi", QUERY, ask={"metrics": ["gmv"], "limit": 88})["data"]
    assert [(one.subject, one.rows, one.fault) for one in seen] == [("bi", None, "")]
    mesh.services.store.flush_reads()
    assert lines(mesh)[0].rows == 1
