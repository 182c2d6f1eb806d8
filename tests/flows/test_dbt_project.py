"""A dbt user's definitions in the terminal: listed, judged and compiled with no server and no store."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from terminal import ROOT, Terminal

SHOP = ROOT / "examples" / "dbt"
PROJECT = """
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: {agg_time_dimension: ordered_at}
    entities:
      - {name: order, type: primary, expr: order_id}
    dimensions:
      - {name: ordered_at, type: time, type_params: {time_granularity: day}}
      - {name: channel, type: categorical}
    measures:
      - {name: amount, agg: sum}
metrics:
  - name: revenue
    label: Revenue
    description: What was sold.
    type: simple
    type_params: {measure: amount}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "metrics.yml").write_text(PROJECT)
    return folder


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_the_metrics_of_a_project_are_listed(terminal: Terminal, project: Path) -> None:
    answer = terminal.run("metrics", "list", str(project), "--output", "json")
    assert [one["name"] for one in answer.document["metrics"]] == ["revenue"]
    assert answer.document["semantic_models"] == ["orders"]


def test_valid_definitions_pass_and_broken_ones_are_refused_with_their_line(
    terminal: Terminal, project: Path
) -> None:
    assert terminal.run("metrics", "validate", str(project)).code == 0
    (project / "metrics.yml").write_text(PROJECT.replace("{measure: amount}", "{measure: amuont}"))
    answer = terminal.run("metrics", "validate", str(project))
    assert answer.code == 1
    assert "metrics.yml:" in answer.text
    assert "amount" in answer.text  # the name that was meant


def test_the_sql_of_a_question_runs_as_it_is_written(terminal: Terminal, project: Path) -> None:
    asked = ("metrics", "compile", "revenue", "--from", str(project), "--group-by", "order__channel")
    where = ("--where", "{{ Dimension('order__channel') }} != 'it''s'", "--order-by=-revenue")
    sql = terminal.run(*asked, *where).text
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE orders (order_id INT, ordered_at DATE, channel TEXT, amount INT)")
        connection.execute(
            "INSERT INTO orders VALUES (1, '2026-01-01', 'web', 3), (2, '2026-01-02', 'app', 5)"
        )
        assert connection.execute(sql).fetchall() == [("app", 5), ("web", 3)]


def test_the_same_question_is_written_for_another_engine(terminal: Terminal, project: Path) -> None:
    asked = (
        "metrics",
        "compile",
        "revenue",
        "--from",
        str(project),
        "--dialect",
        "postgres",
        "--output",
        "json",
    )
    assert terminal.run(*asked).document["columns"] == ["revenue"]
    answer = terminal.run(*asked[:-3], "oracel", "--output", "json")
    assert answer.code == 2
    assert "oracel" in answer.text


def test_a_question_without_a_right_answer_is_refused_with_what_is_near(
    terminal: Terminal, project: Path
) -> None:
    answer = terminal.run(
        "metrics", "compile", "revenue", "--from", str(project), "--group-by", "order__chanel"
    )
    assert answer.code == 1
    assert "order__channel" in answer.errors


def test_a_question_is_answered_over_files_and_says_that_nothing_judged_it(terminal: Terminal) -> None:
    asked = ("metrics", "preview", "shop_orders", "--from", str(SHOP), "--data", str(SHOP / "seeds"))
    counted = len((SHOP / "seeds" / "orders.csv").read_text().splitlines()) - 1
    assert terminal.json(*asked).document["rows"] == [[counted]]
    assert "Not governed" in terminal.run(*asked).text


def test_a_number_that_is_estimated_is_told_as_such(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("id,person,day\n1,a,2026-01-01\n2,b,2026-01-02\n3,b,2026-01-02\n")
    (tmp_path / "visits.yml").write_text("""
semantic_models:
  - name: visits
    model: ref('visits')
    defaults: {agg_time_dimension: seen}
    entities: [{name: visit, type: primary, expr: id}]
    dimensions: [{name: seen, type: time, expr: day, type_params: {time_granularity: day}}]
    measures:
      - {name: people, agg: count_distinct, expr: person, create_metric: true, config: {meta: {approximate: true}}}
""")
    asked = ("metrics", "preview", "people", "--from", str(tmp_path / "visits.yml"), "--data", str(tmp_path))
    answer = terminal.json(*asked).document
    assert (answer["rows"], answer["estimates"]) == ([[2]], {"people": 0.017})
    assert "people is estimated, as it declares, standard error 1.7%" in terminal.run(*asked).text


def test_what_dbt_wrote_of_a_project_goes_through_the_gate_beside_its_products(
    terminal: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "serialised"
    shutil.copytree(SHOP / "products", folder / "products")
    written = yaml.safe_load((SHOP / "models" / "metrics.yml").read_text())
    (folder / "semantic_manifest.json").write_text(json.dumps(written))
    answer = terminal.run("check", str(folder))
    assert (answer.code, "4 assets judged" in answer.text) == (0, True), answer.text
    written["semantic_models"][0]["measures"][0]["expr"] = "amuont"
    (folder / "semantic_manifest.json").write_text(json.dumps(written))
    answer = terminal.run("check", str(folder))
    assert answer.code == 1
    assert "semantic_manifest.json" in answer.text
    assert "there is no column amuont" in answer.text


def test_a_table_without_a_file_is_named(terminal: Terminal, tmp_path: Path) -> None:
    answer = terminal.run("metrics", "preview", "shop_orders", "--from", str(SHOP), "--data", str(tmp_path))
    assert answer.code == 1
    assert "orders.parquet, orders.csv or orders.json" in answer.errors
