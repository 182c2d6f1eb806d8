"""Run by an environment that has MetricFlow: compiles each question and prints JSON lines.

Arguments: the manifest's folder, rounds. Input: questions as JSON on standard input.
"""

import json
import sys
import time
from typing import Any

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.parsing.dir_to_model import (
    parse_directory_of_yaml_files_to_semantic_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


class _Renders:
    """As much of a SQL client as compiling needs."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()

    def render_bind_parameter_key(self, key: str) -> str:
        return f"${key}"


def main() -> None:
    """One JSON line for each question: its SQL, and seconds of each compilation, the first included."""
    folder, rounds = sys.argv[1], int(sys.argv[2])
    manifest = parse_directory_of_yaml_files_to_semantic_manifest(folder).semantic_manifest
    engine = MetricFlowEngine(SemanticManifestLookup(manifest), _Renders())
    for question in json.load(sys.stdin):
        seconds, sql = [], ""
        for _ in range(rounds):
            start = time.perf_counter()
            sql = compiled(engine, question)
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"name": question["name"], "sql": sql, "seconds": seconds}), flush=True)


def compiled(engine: Any, question: dict[str, Any]) -> str:
    """The SQL of one question."""
    request = MetricFlowQueryRequest.create(
        metric_names=question["metrics"], group_by_names=question["group_by"]
    )
    return str(engine.explain(request).sql_statement.sql)


if __name__ == "__main__":
    main()
