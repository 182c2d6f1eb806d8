"""No number leaves the house before its read is in the access log."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flows.conftest import Mesh

from catalog.access.access_event import AccessEvent
from catalog.access.actor import SYSTEM
from catalog.domain.errors import StoreUnavailable
from catalog.store.projections.access_log import AccessLog

QUERY = "query($ask: MetricQueryInput!) { metricQuery(input: $ask) { rows cached } }"
ASK = {"metrics": ["gmv"]}


def logged(mesh: Mesh) -> int:
    """The sequence of the last line."""
    return mesh.services.store.read(SYSTEM, AccessLog(limit=1))[0].sequence


def test_a_read_whose_line_cannot_be_written_is_not_answered(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh.send("bi", QUERY, ask=ASK)
    before = logged(mesh)

    def lost(_: list[AccessEvent]) -> None:
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
    lines = mesh.services.store.read(SYSTEM, AccessLog(limit=100))
    assert sum(one.sequence > before and one.subject == "bi" for one in lines) == 24


def test_an_answer_that_is_known_to_one_actor_is_no_way_around_the_token_of_another(mesh: Mesh) -> None:
    assert mesh.send("bi", QUERY, ask=ASK)["data"]
    stolen = Mesh(mesh.services, mesh.story, mesh.url, {"bi": "no such token"}, as_expected=True)
    answer = stolen.send("bi", QUERY, ask=ASK)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer
