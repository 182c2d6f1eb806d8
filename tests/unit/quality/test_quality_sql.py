"""SQL of people: run as written, read with suspicion."""

from dataclasses import replace

import pytest
from quality_laboratory import Laboratory, RecordingEngine, library

from catalog.domain.data_contract import DataContract, Property, QualityRule, SchemaObject
from catalog.domain.sql_engine import SqlQuery, SqlResult
from catalog.quality.checks.sql import relations
from catalog.quality.report import CheckResult, Outcome, QualityDimension


def sql(query: str, **operators: object) -> QualityRule:
    return QualityRule("sql", "rule", query=query, operators=operators)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("SELECT count(*) FROM t", 4),
        ("SELECT count(*) FROM {object} WHERE {property} IS NULL", 1),
        ('SELECT count(*) FROM "{table}" WHERE ${column} > 1;', 2),
        ("SELECT max(v) + 0.5 FROM t", 3.5),
        ("SELECT sum(v)::HUGEINT FROM t", 6),
        ("SELECT avg(v)::DECIMAL(9, 2) FROM t", 2),
        ("SELECT count(*) = 4 FROM t", 1),
        ("WITH big AS (SELECT v FROM t WHERE v > 1) SELECT count(*) FROM big -- a comment", 2),
        ("SELECT 0 UNION ALL SELECT 5 LIMIT 1", 0),
    ],
)
def test_the_number_of_the_query_is_what_is_measured(
    laboratory: Laboratory, query: str, number: float
) -> None:
    result = laboratory.check("(1), (2), (3), (NULL)", sql(query, mustBe=number))
    assert (result.measured, result.outcome) == (number, Outcome.PASS), result.finding
    assert result.dimension is QualityDimension.ACCURACY


def test_without_an_operator_the_query_must_give_zero(laboratory: Laboratory) -> None:
    result = laboratory.check("(1)", sql("SELECT count(*) FROM t"))
    assert result.outcome is Outcome.FAIL
    assert "sql measured 1, must be 0." in str(result.finding)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT v FROM t",
        "SELECT v FROM t WHERE false",
        "SELECT 1, 2",
        "SELECT NULL",
        "SELECT 'many'",
        "SELECT 'nan'::DOUBLE",
        "SELECT DATE '2026-01-01'",
        "SELECT max(v) FROM t WHERE v > 99",
    ],
)
def test_an_answer_that_is_not_one_number_is_an_error(laboratory: Laboratory, query: str) -> None:
    result = laboratory.check("(1), (2)", sql(query))
    assert (result.outcome, result.measured) == (Outcome.ERROR, None)
    assert result.finding is not None
    assert result.finding.code == "QUALITY_CHECK_ERROR"


@pytest.mark.security
@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM read_csv('/etc/passwd')",
        "SELECT count(*) FROM '/etc/passwd'",
        "SELECT count(*) FROM glob('/*')",
        "DROP TABLE t",
        "SELECT 1; DROP VIEW t",
        "SELECT 1) AS q; DROP VIEW t; --",
        "WITH x AS (DELETE FROM t RETURNING *) SELECT count(*) FROM x",
        "COPY t TO '/tmp/stolen.csv'",
        "ATTACH '/tmp/x.db'",
        "SET memory_limit = '99GB'",
        "PRAGMA database_list",
        "SELECT getenv('HOME')",
        "SELECT count(*) FROM duckdb_settings()",
        "SELECT count(*) FROM information_schema.tables",
        "SELECT count(*) FROM other",
        "not even sql",
        "SELECT {nothing}",
    ],
)
def test_hostile_sql_is_refused_and_reported(laboratory: Laboratory, query: str) -> None:
    result = laboratory.check("(1)", sql(query, mustBeGreaterOrEqualTo=0))
    assert (result.outcome, result.measured) == (Outcome.ERROR, None)
    assert result.blocks
    assert result.finding is not None
    assert result.finding.code == "QUALITY_CHECK_ERROR"
    assert result.finding.message.startswith("t.v (rule): sql could not be measured: ")


class Hurried(RecordingEngine):
    """The real engine, which has no patience with the query that has no end."""

    def run(self, query: SqlQuery) -> SqlResult:
        return super().run(replace(query, deadline_seconds=1.0) if "hash(" in query.sql else query)


@pytest.mark.security
def test_a_query_without_end_is_ended_and_the_others_are_measured(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT range AS v FROM range(100000)")
    endless = sql("SELECT count(*) FROM t a, t b, t c WHERE hash(a.v, b.v, c.v) = 42")
    item = SchemaObject("t", properties=(Property("v", required=True, quality=(endless,)),))
    laboratory.engine = Hurried(laboratory.engine.pool)
    report = laboratory.measure(laboratory.contract(item))
    outcomes = {one.check: one.outcome for one in report.results}
    assert outcomes["null_values"] is Outcome.PASS
    assert outcomes["sql"] is Outcome.ERROR
    assert "deadline" in str(report.findings[0])


@pytest.mark.security
def test_an_error_does_not_quote_protected_values_of_related_data(laboratory: Laboratory) -> None:
    laboratory.table("people", "SELECT 'eve@x.org' AS mail")
    query = "SELECT sum(mail::INTEGER) FROM people, t"
    mail = Property("mail")
    openly = laboratory.contract(SchemaObject("people", properties=(mail,)), id="crm")
    assert "eve@" in reading(laboratory, query, openly).engine_detail
    mail = Property("mail", classification="restricted")
    closed = laboratory.contract(SchemaObject("people", properties=(mail,)), id="crm")
    assert "eve@" not in repr(reading(laboratory, query, closed))


@pytest.mark.security
def test_a_name_with_quotes_stays_a_name(laboratory: Laboratory) -> None:
    hostile = 't"; DROP TABLE x; --'
    laboratory.table(hostile.replace("/", ""), 'SELECT 1 AS "v""); --"')
    rules = (sql("SELECT count({property}) FROM {object}", mustBe=1), library("nullValues"))
    item = SchemaObject(hostile, properties=(Property('v"); --', quality=rules),))
    report = laboratory.measure(laboratory.contract(item))
    assert [one.outcome for one in report.results] == [Outcome.PASS] * 3


def reading(laboratory: Laboratory, query: str, *related: DataContract) -> CheckResult:
    laboratory.table("t", "SELECT 1 AS v")
    laboratory.table("customers_v2", "SELECT unnest([1, 2]) AS id")
    rule = sql(query, mustBe=2)
    objects = (SchemaObject("t", quality=(rule,)), SchemaObject("customers", physical_name="customers_v2"))
    report = laboratory.measure(laboratory.contract(*objects), related=related)
    (result,) = (one for one in report.results if one.name == "rule")
    return result


@pytest.mark.parametrize("name", ["customers", "customers_v2", "CUSTOMERS"])
def test_objects_of_the_same_contract_are_read_by_either_name(laboratory: Laboratory, name: str) -> None:
    assert reading(laboratory, f"SELECT count(*) FROM {name}").outcome is Outcome.PASS


def test_objects_of_related_contracts_are_read_and_others_are_not(laboratory: Laboratory) -> None:
    laboratory.table("cities", "SELECT unnest([1, 2]) AS id")
    related = laboratory.contract(SchemaObject("cities"), id="places")
    query = "SELECT count(*) FROM t, cities"
    assert reading(laboratory, query, related).outcome is Outcome.PASS
    assert reading(laboratory, query).outcome is Outcome.ERROR


def test_what_related_data_was_read_is_in_the_fingerprints(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS v")
    laboratory.table("cities", "SELECT 1 AS id")
    related = laboratory.contract(SchemaObject("cities"), SchemaObject("unread"), id="places")
    rule = sql("SELECT count(*) FROM cities", mustBe=1)
    report = laboratory.measure(laboratory.contract(SchemaObject("t", quality=(rule,))), related=(related,))
    assert [name for name, _ in report.fingerprints] == ["t", "cities"]


def test_a_related_object_without_data_is_the_locators_finding(laboratory: Laboratory) -> None:
    related = laboratory.contract(SchemaObject("cities"), id="places")
    result = reading(laboratory, "SELECT count(*) FROM t, cities", related)
    assert result.outcome is Outcome.ERROR
    assert "No file at 'cities.parquet'" in str(result.finding)


@pytest.mark.parametrize("query", ["", "  ; ", "SELECT {property}"])
def test_a_query_that_cannot_be_filled_in_is_invalid(laboratory: Laboratory, query: str) -> None:
    laboratory.table("t", "SELECT 1 AS v")
    report = laboratory.measure(laboratory.contract(SchemaObject("t", quality=(sql(query),))))
    assert [one.code for one in report.findings] == ["QUALITY_RULE_INVALID"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT 1", ()),
        ("SELECT * FROM a JOIN b USING (id) WHERE x IN (SELECT y FROM c)", ("a", "b", "c")),
        ("WITH a AS (SELECT * FROM b) SELECT * FROM a", ("b",)),
        ("SELECT 'FROM a'", ()),
        ("FROM ((", ()),
    ],
)
def test_the_relations_of_a_query_are_found(query: str, names: tuple[str, ...]) -> None:
    assert relations(query) == names
