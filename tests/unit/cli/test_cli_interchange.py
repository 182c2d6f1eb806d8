"""`concord metrics export` and `import`: files go out and come back, losses are told beside them."""

import json
from pathlib import Path

import pytest

from catalog.cli.main import main

METRICS = """\
semantic_models:
- name: orders
  model: shop.orders
  defaults: {agg_time_dimension: ordered_at}
  entities: [{name: order, type: primary, expr: id}]
  dimensions: [{name: ordered_at, type: time, type_params: {time_granularity: day}}]
  measures: [{name: amount, agg: sum}]
metrics:
- {name: total, type: simple, type_params: {measure: amount}}
- {name: so_far, type: cumulative, type_params: {measure: amount}}
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    file = tmp_path / "models.yml"
    file.write_text(METRICS)
    return file


@pytest.mark.parametrize(("form", "version"), [("ossie", "0.2.0.dev0"), ("ossie-0.1.1", "0.1.1")])
def test_what_is_exported_is_imported_and_valid(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, version: str
) -> None:
    document, folder = tmp_path / "shop.ossie.yaml", tmp_path / "dbt"
    assert main(["metrics", "export", str(models), "--format", form, "--out", str(document)]) == 0
    assert document.read_text().startswith(f"version: {version}\n")
    assert "Other tools do not see the metric so_far" in capsys.readouterr().err
    assert main(["metrics", "import", str(document), "--out", str(folder)]) == 0
    assert main(["metrics", "validate", str(folder / "shop.yml")]) == 0
    assert "2 metrics valid" in capsys.readouterr().out


def test_the_document_alone_stands_on_standard_output(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["metrics", "export", str(models), "--name", "shop"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("version: 0.2.0.dev0\nsemantic_model:\n- name: shop\n")
    assert "[INTERCHANGE_LOSS]" in told.err


def test_programs_get_document_and_losses_together(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "export", str(models), "--output", "json"]) == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert answer["document"]["version"] == "0.2.0.dev0"
    assert [one["code"] for one in answer["findings"]] == ["INTERCHANGE_LOSS"]
    assert told.err == ""


def test_an_import_overwrites_nothing(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "import", str(models), "--out", str(models.parent)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert models.read_text() == METRICS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: Nothing\n", "neither a data product"),
        ("metrics: []\n", "holds no semantic model"),
        ("a: [", "YAML"),
    ],
)
def test_a_file_without_metrics_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (tmp_path / "odd.yaml").write_text(text)
    assert main(["metrics", "import", str(tmp_path / "odd.yaml"), "--out", str(tmp_path / "out")]) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    assert main(["metrics", "import", str(tmp_path / "none.yaml"), "--out", str(tmp_path)]) == 2


def test_a_folder_with_an_ossie_document_is_judged_like_any_other(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mesh"
    folder.mkdir()
    assert main(["metrics", "export", str(models), "--out", str(folder / "shop.yaml")]) == 0
    assert main(["check", str(folder), "--domain", "sales"]) == 1
    out = capsys.readouterr().out
    assert "2 assets judged" in out
    assert "shop.yaml:" in out
