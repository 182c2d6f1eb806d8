"""The public interface: read, compile, saved queries; importing it loads nothing heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

from catalog.domain.errors import Refused
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics import MetricQuery, QueryRefused, compile_query, read_semantic_manifest, saved_query

SALES = {
    "semantic_models": [
        {
            "name": "orders",
            "model": "ref('orders')",
            "defaults": {"agg_time_dimension": "ordered_at"},
            "entities": [{"name": "order", "type": "primary", "expr": "order_id"}],
            "dimensions": [
                {"name": "ordered_at", "type": "time", "type_params": {"time_granularity": "day"}},
                {"name": "status", "type": "categorical"},
            ],
            "measures": [{"name": "amount", "agg": "sum", "create_metric": True}],
        }
    ],
    "metrics": [
        {
            "name": "so_far",
            "type": "cumulative",
            "type_params": {"measure": "amount", "cumulative_type_params": {"grain_to_date": "month"}},
        }
    ],
    "models": [
        {
            "name": "days",
            "time_spine": {
                "standard_granularity_column": "day",
                "custom_granularities": [{"name": "fiscal_week", "column_name": "fw"}],
            },
            "columns": [{"name": "day", "granularity": "day"}],
        }
    ],
    "saved_queries": [
        {
            "name": "by_status",
            "query_params": {
                "metrics": ["amount"],
                "group_by": ["TimeDimension('metric_time', 'month')", "Dimension('order__status')"],
                "where": ["{{ Dimension('order__status') }} <> 'lost'"],
                "order_by": ["Metric('amount').descending(True)"],
                "limit": 3,
            },
        }
    ],
}


def test_a_manifest_is_read_from_plain_values_and_compiled() -> None:
    manifest = read_semantic_manifest(SALES)
    (spine,) = manifest.time_spines
    assert (spine.name, spine.column, spine.granularity) == ("days", "day", TimeGranularity.DAY)
    compiled = compile_query(manifest, MetricQuery(("so_far",), ("metric_time__fiscal_week",)))
    assert compiled.columns == ("metric_time__fiscal_week", "so_far")
    assert {*compiled.models} == {"orders", "days"}


def test_a_manifest_is_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("metrics: []\nsaved_queries: []\n")
    assert read_semantic_manifest(tmp_path).metrics == ()
    (tmp_path / "n.yaml").write_text("metrics: [{name: 1}]\n")
    with pytest.raises(Refused):
        read_semantic_manifest([tmp_path])


def test_a_grain_that_does_not_exist_is_refused_where_a_spine_declares_it() -> None:
    spine = {
        "node_relation": {"alias": "d"},
        "primary_column": {"name": "d", "time_granularity": "fortnight"},
    }
    with pytest.raises(Refused):
        read_semantic_manifest({"project_configuration": {"time_spines": [spine]}})


def test_a_saved_query_is_a_query_with_its_filters_and_more() -> None:
    manifest = read_semantic_manifest(SALES)
    query = saved_query(manifest, "by_status", where=("{{ Dimension('order__status') }} <> 'open'",))
    compiled = compile_query(manifest, query)
    assert compiled.columns == ("metric_time__month", "order__status", "amount")
    assert "<> 'lost'" in compiled.sql
    assert "<> 'open'" in compiled.sql
    assert 'ORDER BY\n  "amount" DESC' in compiled.sql
    with pytest.raises(QueryRefused, match="no saved query"):
        saved_query(manifest, "by_colour")


def test_importing_the_room_loads_no_sql_parser() -> None:
    probe = "import sys, catalog.metrics; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
