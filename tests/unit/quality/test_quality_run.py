"""A run: one result for each check, errors kept apart, scans counted, values masked."""

from dataclasses import replace
from typing import Any

import pytest
from quality_laboratory import NOW, Laboratory, library

from catalog.domain.data_contract import Property, QualityRule, SchemaObject, Server
from catalog.domain.errors import EngineBusy, EngineDeadline, EngineError, EngineLost
from catalog.domain.finding import Level, Place
from catalog.domain.sql_engine import SqlQuery, SqlResult
from catalog.quality.report import Outcome, QualityDimension, QualityReport


def outcomes(report: QualityReport) -> dict[str, Outcome]:
    return {one.check_id.partition("/")[2]: one.outcome for one in report.results}


def test_a_report_says_on_what_and_when_it_was_measured(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS v")
    item = SchemaObject("t", properties=(Property("v", required=True),))
    report = laboratory.measure(laboratory.contract(item))
    assert report.passes
    ((name, fingerprint),) = report.fingerprints
    assert (name, fingerprint[:7]) == ("t", "sha256:")
    assert report.engine.startswith("duckdb ")
    assert (report.started_at, report.finished_at) == (NOW, NOW)
    assert report.run_id != laboratory.measure(laboratory.contract(item)).run_id


def test_a_product_without_contracts_has_an_empty_report(laboratory: Laboratory) -> None:
    report = laboratory.measure()
    assert (report.results, report.scans, report.fingerprints) == ((), 0, ())


def test_a_fused_suite_reads_the_table_once(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT range AS id, 'n' || range AS name, 1.5 AS price FROM range(100)")
    item = SchemaObject(
        "t",
        properties=(
            Property("id", primary_key=True),
            Property("name", required=True, options={"pattern": "^n", "minLength": 2}),
            Property("price", required=True, options={"minimum": 0}, quality=(library("nullValues"),)),
        ),
        quality=(library("rowCount", mustBe=100),),
    )
    report = laboratory.measure(laboratory.contract(item))
    assert report.passes
    assert len(report.results) == 8
    assert report.scans == 1


def test_each_table_is_read_once_and_what_stands_apart_is_counted(laboratory: Laboratory) -> None:
    laboratory.table("a", "SELECT 'x' AS v")
    laboratory.table("b", "SELECT 'x' AS v")
    items = (
        SchemaObject("a", properties=(Property("v", required=True, unique=True),)),
        SchemaObject("b", properties=(Property("v", required=True),)),
    )
    assert laboratory.measure(laboratory.contract(*items)).scans == 3


def test_a_failed_check_costs_one_look_at_its_rows(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT NULL AS v FROM range(20)")
    item = SchemaObject("t", properties=(Property("v", required=True),))
    report = laboratory.measure(laboratory.contract(item))
    assert report.scans == 2
    assert [len(one.samples) for one in report.results if one.outcome is Outcome.FAIL] == [5]


def test_one_bad_check_does_not_turn_the_others_into_errors(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT range AS id, 'x' AS name FROM range(10)")
    bad = library("invalidValues", arguments={"pattern": "(?=lookahead)"})
    item = SchemaObject(
        "t",
        properties=(
            *(Property("id", required=True, options={"minimum": low}) for low in range(-5, 0)),
            Property("name", required=True, quality=(replace(bad, name="bad"),), options={"maxLength": 1}),
        ),
    )
    report = laboratory.measure(laboratory.contract(item))
    errors = [one for one in report.results if one.outcome is Outcome.ERROR]
    assert [one.name for one in errors] == ["bad"]
    assert {one.outcome for one in report.results if one.name != "bad"} == {Outcome.PASS}
    assert "lookahead" in errors[0].engine_detail or "perl" in errors[0].engine_detail
    assert not report.passes


def test_a_missing_file_is_the_locators_finding_for_all_checks_of_its_object(laboratory: Laboratory) -> None:
    laboratory.table("there", "SELECT 1 AS v")
    items = [SchemaObject(name, properties=(Property("v", required=True),)) for name in ("there", "gone")]
    report = laboratory.measure(laboratory.contract(*items))
    assert outcomes(report) == {
        "there.schema_conformance.schema": Outcome.PASS,
        "there.v.null_values.required": Outcome.PASS,
        "gone.schema_conformance.schema": Outcome.ERROR,
        "gone.v.null_values.required": Outcome.ERROR,
    }
    assert [one.code for one in report.findings] == ["DATA_MISSING"]
    assert not report.passes


@pytest.mark.security
def test_data_outside_the_root_is_an_error(laboratory: Laboratory) -> None:
    server = Server("files", "local", options={"path": "../{object}.parquet"})
    item = SchemaObject("t", properties=(Property("v"),))
    contract = replace(laboratory.contract(item), servers=(server,))
    report = laboratory.measure(contract)
    assert [one.code for one in report.findings] == ["PATH_OUTSIDE_ROOT"]
    assert [one.outcome for one in report.results] == [Outcome.ERROR]


def test_a_file_that_cannot_be_read_is_an_error(laboratory: Laboratory) -> None:
    (laboratory.root / "t.parquet").write_bytes(b"PAR1 this is none")
    item = SchemaObject("t", properties=(Property("v", required=True),))
    report = laboratory.measure(laboratory.contract(item))
    assert {one.outcome for one in report.results} == {Outcome.ERROR}
    assert {one.code for one in report.findings} == {"QUALITY_CHECK_ERROR"}


def test_rules_for_people_need_no_data(laboratory: Laboratory) -> None:
    rule = QualityRule("text", "attested", description="Somebody looked at it")
    report = laboratory.measure(laboratory.contract(SchemaObject("gone", quality=(rule,))))
    assert outcomes(report) == {"gone.text.attested": Outcome.SKIPPED}
    assert report.passes
    assert report.by_dimension() == {}


@pytest.mark.parametrize(("severity", "passes"), [("error", False), ("warning", True), ("info", True)])
def test_only_failures_of_error_severity_block(laboratory: Laboratory, severity: str, passes: bool) -> None:
    laboratory.table("t", "SELECT NULL::INTEGER AS v")
    rule = replace(library("nullValues"), severity=severity, place=Place("c.yaml", 3, 1))
    item = SchemaObject("t", properties=(Property("v", quality=(rule,)),))
    report = laboratory.measure(laboratory.contract(item))
    (finding,) = report.findings
    assert (report.passes, finding.level) == (passes, Level(severity))
    assert finding.place == rule.place
    assert report.by_dimension() == {
        QualityDimension.CONFORMITY: (1, 1),
        QualityDimension.COMPLETENESS: (0, 1),
    }


@pytest.mark.security
@pytest.mark.parametrize(
    "protection",
    [
        {"classification": "restricted"},
        {"classification": "personal"},
        {"encrypted_name": "mail_encrypted"},
        {"custom": {"masking": "hash"}},
    ],
)
def test_values_of_protected_columns_never_leave_the_engine(
    laboratory: Laboratory, protection: dict[str, Any]
) -> None:
    laboratory.table(
        "t", "SELECT * FROM (VALUES ('eve@x.org', 1), ('eve@x.org', 2), (NULL, 3)) AS rows(mail, n)"
    )
    rules = (library("invalidValues", arguments={"pattern": "^bob"}), library("nullValues"))
    mail = Property("mail", primary_key=True, quality=(*rules, library("duplicateValues")), **protection)
    sql = QualityRule("sql", "cast", query="SELECT sum(mail::INTEGER) FROM t")
    item = SchemaObject("t", properties=(mail, Property("n", options={"maximum": 0})), quality=(sql,))
    report = laboratory.measure(laboratory.contract(item))
    samples = [sample for one in report.results if one.column == "mail" for sample in one.samples]
    assert {sample["mail"] for sample in samples} == {"***", None}
    assert "eve@" not in repr(report)


@pytest.mark.parametrize("classification", ["", "public", "Internal"])
def test_values_of_open_columns_are_shown(laboratory: Laboratory, classification: str) -> None:
    rule = library("invalidValues", arguments={"validValues": ["a"]})
    result = laboratory.check("('b')", rule, classification=classification)
    assert result.samples == ({"v": "b"},)


def test_samples_are_values_that_any_document_holds(laboratory: Laboratory) -> None:
    laboratory.table(
        "t",
        "SELECT 'nan'::DOUBLE AS d, repeat('x', 999) AS long, DATE '2026-01-02' AS day, "
        "1.50::DECIMAL(9,2) AS price, [1, 2] AS list, NULL AS v",
    )
    keys = tuple(Property(name, primary_key=True) for name in ("d", "long", "day", "price", "list"))
    result = laboratory.check_table(
        library("nullValues"), *keys, Property("v", quality=(library("nullValues"),))
    )
    (sample,) = result.samples
    assert sample == {
        "d": "nan",
        "long": "x" * 200 + "…",
        "day": "2026-01-02",
        "price": "1.50",
        "list": "[1, 2]",
        "v": None,
    }


@pytest.mark.parametrize("error", [EngineDeadline(), EngineLost(), EngineBusy()])
def test_when_the_engine_is_gone_every_check_is_an_error_and_nothing_is_tried_again(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch, error: EngineError
) -> None:
    def gone(query: SqlQuery) -> SqlResult:
        raise error

    laboratory.table("t", "SELECT 1 AS a, 2 AS b")
    monkeypatch.setattr(laboratory.engine, "run", gone)
    item = SchemaObject("t", properties=(Property("a", required=True), Property("b", required=True)))
    report = laboratory.measure(laboratory.contract(item))
    assert [one.outcome for one in report.results if one.check == "null_values"] == [Outcome.ERROR] * 2
    assert report.scans == 1


def test_after_the_deadline_the_engine_is_not_asked(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS v")
    item = SchemaObject("t", properties=(Property("v", required=True),))
    report = laboratory.measure(laboratory.contract(item), deadline_seconds=0)
    assert set(outcomes(report).values()) == {Outcome.ERROR}
    assert (report.scans, laboratory.engine.asked) == (0, [])


def test_contracts_of_one_product_may_name_their_objects_alike(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS v")
    item = SchemaObject("t", properties=(Property("v", required=True),))
    report = laboratory.measure(laboratory.contract(item, id="a"), laboratory.contract(item, id="b"))
    assert len({one.check_id for one in report.results}) == 4
    assert report.passes


@pytest.mark.parametrize(
    "query",
    ["SELECT count(*) FROM {object}", "SELECT count(*) FROM orders_v2", "SELECT max(1!) FROM {object}"],
)
def test_an_object_is_found_by_its_physical_name_and_by_its_own(laboratory: Laboratory, query: str) -> None:
    laboratory.table("orders_v2", "SELECT 1 AS v")
    rule = QualityRule("sql", query=query, operators={"mustBe": 1})
    item = SchemaObject(
        "Order Lines", physical_name="orders_v2", properties=(Property("v"),), quality=(rule,)
    )
    report = laboratory.measure(laboratory.contract(item))
    assert report.passes, report.findings


def test_the_files_of_a_folder_are_one_table(laboratory: Laboratory) -> None:
    (laboratory.root / "t.parquet").mkdir()
    laboratory.table("t.parquet/a", "SELECT unnest([1, 2]) AS v")
    laboratory.table("t.parquet/b", "SELECT unnest([2, NULL]) AS v")
    rules = (library("duplicateValues", mustBe=1), library("nullValues", mustBe=1))
    item = SchemaObject("t", properties=(Property("v", quality=rules),))
    report = laboratory.measure(laboratory.contract(item))
    assert report.passes, report.findings
    assert report.scans == 1


def test_a_table_of_json_lines_is_measured(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT unnest([1, 2, NULL]) AS v", format="json")
    item = SchemaObject("t", properties=(Property("v", logical_type="integer", required=True),))
    report = laboratory.measure(laboratory.contract(item, format="json"))
    assert [(one.check, one.measured) for one in report.results] == [
        ("schema_conformance", 0),
        ("null_values", 1),
    ]
