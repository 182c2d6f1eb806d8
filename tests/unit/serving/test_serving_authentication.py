"""Only a token that holds now says who asks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.access.actor import SYSTEM, Actor
from catalog.bootstrap import Services
from catalog.config import Settings
from catalog.domain.errors import StoreSchemaOutdated, Unauthenticated
from catalog.domain.people import Role
from catalog.serving.authentication import authenticate
from catalog.store import migrate
from catalog.store.issue import issue

ADA = Actor("ada", "planning", "dashboards", {"sales": frozenset({Role.CONSUMER})})


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    migrate.upgrade(url)
    with Services(Settings(data_root=str(tmp_path), database_url=url, demo=True)) as opened:
        yield opened


def token(services: Services, lasts: timedelta) -> tuple[str, str]:
    text, grant = issue(services.store, ADA, services.clock.now() + lasts, SYSTEM)
    return text, grant.token_id


def test_a_token_gives_the_actor_with_team_application_and_roles(services: Services) -> None:
    text, _ = token(services, timedelta(hours=1))
    assert authenticate(f"Bearer {text}", services) == ADA
    assert authenticate(f"bearer {text} ", services) == ADA


def test_an_expired_token_opens_nothing(services: Services) -> None:
    text, _ = token(services, timedelta(seconds=-1))
    with pytest.raises(Unauthenticated):
        authenticate(f"Bearer {text}", services)


def test_a_revoked_token_opens_nothing(services: Services) -> None:
    text, token_id = token(services, timedelta(hours=1))
    with services.store.open(SYSTEM) as unit:
        assert unit.tokens.revoke(token_id, services.clock.now())
        unit.record("token.revoked", token_id, {})
        unit.commit()
    with pytest.raises(Unauthenticated):
        authenticate(f"Bearer {text}", services)


def test_the_store_knows_no_token_only_its_digest(services: Services, tmp_path: Path) -> None:
    text, _ = token(services, timedelta(hours=1))
    services.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("catalog.db*"))
    assert text.encode() not in kept
    assert text.removeprefix("concord_").encode() not in kept


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Token abc", "Bearer a b", "\x00"]
)
def test_anything_else_is_nobody(services: Services, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(header, services)


def test_a_store_without_its_schema_serves_nobody(tmp_path: Path) -> None:
    settings = Settings(data_root=str(tmp_path), database_url=f"sqlite:///{tmp_path / 'empty.db'}", demo=True)
    with Services(settings) as services, pytest.raises(StoreSchemaOutdated) as refused:
        authenticate("Bearer concord_x", services)
    assert "concord db upgrade" in refused.value.remedy
