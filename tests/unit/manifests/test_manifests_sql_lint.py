"""Faults of SQL that runs are found, and sound SQL has none."""

import pytest

from catalog.manifests.sql_fault import SqlFault
from catalog.manifests.sql_lint import SqlTable, sql_faults
from catalog.manifests.sql_text import MAX_CHARACTERS, filled, sql_tree

TABLES = {
    "orders": SqlTable(
        {"id": "integer", "status": "string", "ordered_on": "date", "gift": "boolean", "day": "date"},
        frozenset({"day"}),
    ),
    "people": SqlTable({"id": "integer", "code": "string", "born": "date"}),
}


def kinds(sql: str) -> list[SqlFault]:
    return [fault for fault, _ in sql_faults(sql, TABLES)]


@pytest.mark.parametrize(
    ("sql", "fault", "detail"),
    [
        ("SELECT * FROM people", SqlFault.EVERY_COLUMN, "*"),
        ("SELECT p.* FROM people AS p", SqlFault.EVERY_COLUMN, "p.*"),
        ("SELECT count(*) FROM (SELECT * FROM people) AS x", SqlFault.EVERY_COLUMN, "*"),
        ("SELECT count(*) FROM people CROSS JOIN other", SqlFault.CROSS_JOIN, "other"),
        ("SELECT count(*) FROM people, other", SqlFault.CROSS_JOIN, "other"),
        ("SELECT count(*) FROM people WHERE born > current_date", SqlFault.NON_DETERMINISTIC, "CURRENT_DATE"),
        ("SELECT count(*) FROM people WHERE born > now()", SqlFault.NON_DETERMINISTIC, "now()"),
        ("SELECT count(*) FROM people WHERE random() < 0.5", SqlFault.NON_DETERMINISTIC, "RANDOM()"),
        ("SELECT gen_random_uuid()", SqlFault.NON_DETERMINISTIC, "UUID()"),
        ("SELECT count(*) FROM people WHERE code = 7", SqlFault.IMPLICIT_CAST, "code = 7"),
        ("SELECT count(*) FROM people WHERE '7' < id", SqlFault.IMPLICIT_CAST, "'7' < id"),
        ("SELECT count(*) FROM people WHERE id IN (1, '2')", SqlFault.IMPLICIT_CAST, "id IN (1, '2')"),
        (
            "SELECT count(*) FROM people WHERE id BETWEEN 1 AND '9'",
            SqlFault.IMPLICIT_CAST,
            "id BETWEEN 1 AND '9'",
        ),
        ("SELECT count(*) FROM people WHERE born > 2020", SqlFault.IMPLICIT_CAST, "born > 2020"),
        (
            "SELECT count(*) FROM people p JOIN orders o ON p.code = o.id AND o.day > p.born",
            SqlFault.IMPLICIT_CAST,
            "p.code = o.id",
        ),
        ("SELECT count(*) FROM orders", SqlFault.UNFILTERED_PARTITION, "orders by day"),
        ("SELECT count(*) FROM people p JOIN orders o USING (id)", SqlFault.UNFILTERED_PARTITION, "o by day"),
    ],
)
def test_a_fault_is_found_with_what_it_is_about(sql: str, fault: SqlFault, detail: str) -> None:
    assert (fault, detail) in sql_faults(sql, TABLES)
    assert kinds(sql) == [fault]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM people",
        "SELECT count(*) FROM orders WHERE day = '2026-01-01'",
        "SELECT count(*) FROM orders o JOIN people p ON o.id = p.id AND o.day = p.born",
        "SELECT count(*) FROM people a, people b WHERE a.id = b.id",
        "SELECT count(*) FROM people WHERE EXISTS (SELECT * FROM orders WHERE day = born)",
        "WITH orders AS (SELECT id FROM people) SELECT count(*) FROM orders",
        "SELECT count(*) FROM people WHERE born >= '2020-01-01' AND id = 7 AND code = '7'",
        "SELECT count(*) FROM people WHERE CAST(code AS INTEGER) = 7",
        "SELECT count(*) FROM elsewhere WHERE code = 7",
        "gift AND status = 'paid'",
        "this is ( no SQL",
    ],
)
def test_sound_sql_and_what_is_not_known_have_no_fault(sql: str) -> None:
    assert kinds(sql) == []


def test_an_expression_is_read_as_over_its_one_table() -> None:
    assert kinds("CASE WHEN status = 1 THEN id END") == [SqlFault.IMPLICIT_CAST]


@pytest.mark.parametrize(
    "text", ["(" * 5_000, "x" * (MAX_CHARACTERS + 1), "SELECT 1; SELECT 2", "", "CASE" * 300]
)
def test_text_that_a_parser_should_not_see_is_not_read(text: str) -> None:
    assert sql_tree(text) is None


def test_placeholders_become_quoted_names() -> None:
    query = "SELECT count(*) FROM {object} WHERE ${column} < 0"
    assert filled(query, 'a"b', "n") == 'SELECT count(*) FROM "a""b" WHERE "n" < 0'
