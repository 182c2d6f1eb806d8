"""What the store makes of values on their way into columns and back."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from catalog.domain.data_contract import DataContract, Property, SchemaObject
from catalog.domain.errors import UsageError
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.governance import Governance
from catalog.domain.version import Version
from catalog.store.columns import Instant, Json, Words
from catalog.store.plain import findings_of, plain, plain_findings
from catalog.store.repositories.versions import precedence

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TABLE = Table("values", MetaData(), Column("words", Words), Column("json", Json), Column("instant", Instant))


def through_sqlite(**values: object) -> dict[str, object]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE).values(**values))
        row = connection.execute(select(TABLE)).one()
    engine.dispose()
    return dict(row._mapping)


def test_an_instant_comes_back_aware_and_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    found = through_sqlite(instant=NOON.astimezone(tokyo))["instant"]
    assert found == NOON
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(StatementError) as caught:
        through_sqlite(instant=datetime(2026, 11, 21))  # noqa: DTZ001
    assert isinstance(caught.value.orig, UsageError)


@pytest.mark.parametrize("words", ["nul\x00", "\ud800", "half \udfff pair"])
def test_words_that_postgresql_cannot_hold_are_refused_everywhere(words: str) -> None:
    with pytest.raises(StatementError) as caught:
        through_sqlite(words=words)
    assert isinstance(caught.value.orig, UsageError)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=JSON)
def test_json_comes_back_as_it_was_whatever_its_characters(value: object) -> None:
    kind = Json()
    stored = kind.process_bind_param(value, None)  # type: ignore[arg-type]
    assert stored is None or stored.isascii()
    assert kind.process_result_value(stored, None) == value  # type: ignore[arg-type]


def test_nothing_is_null_and_not_the_json_word() -> None:
    assert through_sqlite(json=None)["json"] is None


def test_a_default_is_left_out_and_a_place_too() -> None:
    column = Property("order_id", physical_type="BIGINT", required=True, place=Place("orders.yaml", 4))
    contract = DataContract(
        "c-1",
        "1.0.0",
        "v3.1.0",
        schema=(SchemaObject("orders", properties=(column,)),),
        governance=Governance(owner="ana"),
    )
    assert plain(contract) == {
        "id": "c-1",
        "version": "1.0.0",
        "api_version": "v3.1.0",
        "schema": [
            {
                "name": "orders",
                "properties": [{"name": "order_id", "physical_type": "BIGINT", "required": True}],
            }
        ],
        "governance": {"owner": "ana"},
    }


def test_mappings_and_lists_of_authors_are_kept_as_they_are() -> None:
    options = {"maximum": 10, "nested": [{"a": None}, False, ""]}
    assert plain(Property("x", options=options)) == {"name": "x", "options": options}


@given(
    st.lists(
        st.builds(
            Finding,
            code=st.text(),
            message=st.text(),
            remedy=st.text(),
            level=st.sampled_from(Level),
            place=st.builds(Place, st.text(), st.integers(), st.integers(), st.text()),
        )
    )
)
def test_findings_come_back_with_their_places(findings: list[Finding]) -> None:
    assert list(findings_of(plain_findings(findings))) == findings


VERSIONS = st.builds(
    Version,
    st.integers(0, 10**9 - 1),
    st.integers(0, 10**9 - 1),
    st.integers(0, 10**9 - 1),
    st.just("") | st.from_regex(r"[0-9A-Za-z.-]{1,12}", fullmatch=True),
)


@given(VERSIONS, VERSIONS)
def test_precedence_sorts_as_versions_do(one: Version, other: Version) -> None:
    assert (precedence(str(one)) < precedence(str(other))) == (one.sort_key() < other.sort_key())


def test_what_is_no_version_comes_before_every_version() -> None:
    assert precedence("first") < precedence("0.0.0-alpha")


def test_the_domain_is_not_slowed_by_the_store() -> None:
    import subprocess
    import sys

    script = "import sys, catalog.manifests.read, catalog.domain.draft; print('sqlalchemy' in sys.modules)"
    root = Path(__file__).resolve().parents[3]
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
