"""Publishers who race for one asset: every attempt succeeds or is a conflict, and the store adds up."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faults.test_publishing_kill import assert_whole
from flows.publishing_mesh import OLGA, ORDERS, open_engines, open_mesh, product_documents
from ports.store_examples import postgresql_database, sqlite_url

from catalog.domain.errors import Conflict
from catalog.publishing.publish import PublishCommand, PublishResult, publish
from catalog.store import migrate

PUBLISHERS, ATTEMPTS = 4, 5
pytestmark = pytest.mark.faults


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgresql_database(request.getfixturevalue("postgresql_url")) as made:
        yield made


def test_racing_publishers_never_publish_one_version_twice(tmp_path: Path, url: str) -> None:
    migrate.upgrade(url)
    results: list[Any] = []

    def race(mesh: Any, publisher: int) -> None:
        for attempt in range(ATTEMPTS):
            command = PublishCommand(ORDERS, idempotency_key=f"{publisher} {attempt}")
            try:
                mesh.register(*product_documents(f"1.0.{publisher + PUBLISHERS * attempt}"))
                results.append(publish(command, OLGA, mesh.gate))
            except Conflict as error:
                results.append(error)

    with open_engines() as engines, open_mesh(tmp_path, url, engines, migrated=True) as mesh:
        threads = [threading.Thread(target=race, args=(mesh, number)) for number in range(PUBLISHERS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        published = [one for one in results if getattr(one, "result", None) is PublishResult.PUBLISHED]
        with mesh.store.open(OLGA, read_only=True) as unit:
            versions = unit.versions.of(ORDERS)
            # A version older than the newest is refused by comparison, which stores its evidence.
            refused = [one for one in results if getattr(one, "result", None) is PublishResult.REFUSED]
        assert len(results) == PUBLISHERS * ATTEMPTS
        assert sorted(one.version for one in versions) == sorted(one.version for one in published)
        assert published
        assert assert_whole(mesh, refused=len(refused)) == len(published)
