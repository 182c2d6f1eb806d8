"""What leaves the house: values without loss, errors without secrets, cursors that only their list reads."""

import logging
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from graphql import GraphQLError

from catalog.domain.errors import Refused
from catalog.domain.finding_code import FindingCode
from catalog.serving.errors import graphql_error
from catalog.serving.graphql.types.page import (
    CursorInvalid,
    PageSizeInvalid,
    connection,
    page_size,
    read_cursor,
    read_number_cursor,
    write_cursor,
)
from catalog.serving.graphql.types.scalar import value_of

SECRET = "postgres://user:hunter2@host/database"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        ("text", "text"),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (Decimal("12.50"), 12.5),
        (Decimal("3"), 3),
        (Decimal("0.1"), 0.1),
        (Decimal("12345678901234567890.123456789"), "12345678901234567890.123456789"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00+00:00"),
        ([Decimal("1.5"), None], [1.5, None]),
        (b"\x00", "b'\\x00'"),
    ],
)
def test_a_value_is_a_number_only_where_json_holds_it_exactly(value: object, told: object) -> None:
    found = value_of(value)
    assert found == told
    assert type(found) is type(told)


def test_the_unexpected_is_masked_and_logged_under_its_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        told = graphql_error(GraphQLError("x", original_error=RuntimeError(SECRET)), "r-1")
    assert SECRET not in str(told)
    assert told["extensions"] == {"code": "INTERNAL", "requestId": "r-1"}
    assert "r-1" in caplog.text


def test_a_refusal_is_told_with_code_findings_and_remedy() -> None:
    finding = FindingCode.QUERY_INVALID.found("no metric", remedy="name one")
    error = Refused("refused", findings=[finding], remedy="mend it")
    error.__cause__ = RuntimeError(SECRET)
    told = graphql_error(GraphQLError("x", original_error=error), "r-2")
    assert told["message"] == "refused"
    assert told["extensions"]["code"] == "REFUSED"
    assert told["extensions"]["findings"][0]["remedy"] == "name one"
    assert SECRET not in str(told)


def test_a_cursor_is_read_by_its_own_list_only() -> None:
    cursor = write_cursor("metrics", "sales.gmv")
    assert read_cursor("metrics", cursor) == "sales.gmv"
    assert read_cursor("metrics", None) == ""
    for listing in ("domains", "metric", ""):
        with pytest.raises(CursorInvalid):
            read_cursor(listing, cursor)


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "====", "MTo", write_cursor("log", ""), write_cursor("log", "a\0"), "A" * 600]
)
def test_a_cursor_that_nobody_wrote_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        read_cursor("log", cursor)


@pytest.mark.parametrize("key", ["-5", "x", "5" * 30, "٣"])
def test_a_number_cursor_holds_a_number(key: str) -> None:
    with pytest.raises(CursorInvalid):
        read_number_cursor("log", write_cursor("log", key))
    assert read_number_cursor("log", write_cursor("log", 7)) == 7


@pytest.mark.parametrize("first", [0, -1, 101, -(2**31)])
def test_a_page_has_one_to_a_hundred_items(first: int) -> None:
    with pytest.raises(PageSizeInvalid):
        page_size(first)


def test_a_page_knows_whether_another_follows() -> None:
    page = connection("n", [1, 2, 3], 2, lambda row: row, lambda row: row)
    assert [edge.node for edge in page.edges] == [1, 2]
    assert page.page_info.has_next_page
    assert page.page_info.end_cursor is not None
    assert read_number_cursor("n", page.page_info.end_cursor) == 2
    assert not connection("n", [1], 2, lambda row: row, lambda row: row).page_info.has_next_page
