"""Schema conformance on real files."""

from quality_laboratory import Laboratory

from catalog.domain.data_contract import Property, SchemaObject
from catalog.domain.finding import Level
from catalog.quality.report import CheckResult, Outcome


def conformance(laboratory: Laboratory, *properties: Property, format: str = "parquet") -> CheckResult:  # noqa: A002
    report = laboratory.measure(laboratory.contract(SchemaObject("t", properties=properties), format=format))
    (result,) = (one for one in report.results if one.check == "schema_conformance")
    return result


def test_declared_columns_in_fitting_types_conform_without_a_scan(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS id, 1.5::DECIMAL(9, 2) AS price, now() AS at, [1] AS l, {'a': 1} AS o")
    result = conformance(
        laboratory,
        Property("id", logical_type="integer"),
        Property("amount", physical_name="PRICE", logical_type="number"),
        Property("at", logical_type="timestamp"),
        Property("l", logical_type="array"),
        Property("o", logical_type="object"),
    )
    assert (result.outcome, result.measured, result.finding) == (Outcome.PASS, 0, None)
    assert laboratory.engine.asked == []


def test_absent_columns_and_other_types_are_counted_and_named(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 'x' AS id")
    result = conformance(
        laboratory, Property("id", logical_type="integer"), Property("name", logical_type="string")
    )
    assert (result.outcome, result.measured) == (Outcome.FAIL, 2)
    assert "id is VARCHAR, declared integer; name is absent, declared string." in str(result.finding)
    assert result.samples == (
        {"column": "id", "declared": "integer", "found": "VARCHAR"},
        {"column": "name", "declared": "string", "found": "absent"},
    )


def test_columns_beyond_the_contract_are_told_and_do_not_fail(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS id, 'x' AS surprise")
    result = conformance(laboratory, Property("id", logical_type="integer"))
    assert result.outcome is Outcome.PASS
    assert result.finding is not None
    assert (result.finding.code, result.finding.level) == ("QUALITY_COLUMN_UNDECLARED", Level.INFO)
    assert "surprise" in result.finding.message


def test_in_csv_a_string_may_look_like_a_number(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT '01234' AS zip, 7 AS n", format="csv")
    properties = (Property("zip", logical_type="string"), Property("n", logical_type="string"))
    assert conformance(laboratory, *properties, format="csv").outcome is Outcome.PASS


def test_an_empty_table_still_has_its_schema(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS id WHERE false")
    assert conformance(laboratory, Property("id", logical_type="integer")).outcome is Outcome.PASS


def test_a_check_on_an_absent_column_is_an_error_that_touches_no_other(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS id")
    item = SchemaObject("t", properties=(Property("id", required=True), Property("gone", required=True)))
    outcomes = {
        one.column: one.outcome
        for one in laboratory.measure(laboratory.contract(item)).results
        if one.check == "null_values"
    }
    assert outcomes == {"id": Outcome.PASS, "gone": Outcome.ERROR}
