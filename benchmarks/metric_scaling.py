"""How does compiling grow with the query, beside MetricFlow? A star of 80 ratios and 52 dimensions.

    python benchmarks/metric_scaling.py [--metricflow PYTHON]

PYTHON is the interpreter of an environment that has MetricFlow. `again` is the same query once more, which may be
remembered.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest

HERE: Final = Path(__file__).resolve().parent
RATIOS, TABLES, DIMENSIONS = 80, 10, 5
SIZES: Final = ((1, 2), (10, 7), (40, 7), (80, 7), (80, 52))
ROUNDS: Final = 7


def main() -> None:
    """Print one line for each size of query."""
    parser = argparse.ArgumentParser(description="Compile times of ever larger queries.")
    parser.add_argument("--metricflow", metavar="PYTHON")
    wanted = parser.parse_args()
    asked = [question(*size) for size in SIZES]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "star.yaml"
        file.write_text(yaml.safe_dump_all(star(), sort_keys=False))
        theirs = dict(metricflow(wanted.metricflow, folder, asked)) if wanted.metricflow else {}
        for one in asked:
            first, again = ours(file, one)
            line = f"{one['name']:26} ours {first * 1e3:8.2f} ms   again {again * 1e3:6.3f} ms"
            if other := theirs.get(one["name"]):
                line += f"   metricflow {other * 1e3:8.1f} ms   {other / first:5.1f} times ours"
            print(line, flush=True)


def question(ratios: int, dimensions: int) -> dict[str, Any]:
    """The first ratios by the first dimensions."""
    names = ["line__kind", "line__channel"]
    names += [f"table_{table}__d{number}" for table in range(TABLES) for number in range(DIMENSIONS)]
    return {
        "name": f"{ratios} ratios x {dimensions} dimensions",
        "metrics": [f"share_{number}" for number in range(ratios)],
        "group_by": names[:dimensions],
    }


def ours(file: Path, one: dict[str, Any]) -> tuple[float, float]:
    """Median seconds over manifests that were never asked, and of the same query again."""
    first, again = [], []
    for _ in range(ROUNDS):
        manifest = read_semantic_manifest(file)
        query = MetricQuery(tuple(one["metrics"]), tuple(one["group_by"]))
        compile_query(manifest, MetricQuery(("share_0",)))  # builds what belongs to the manifest
        first.append(elapsed(lambda query=query, manifest=manifest: compile_query(manifest, query)))
        again.append(elapsed(lambda query=query, manifest=manifest: compile_query(manifest, query)))
    return statistics.median(first), statistics.median(again)


def metricflow(python: str, folder: str, asked: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Median seconds of the peer, its first compilation apart."""
    command = [python, str(HERE / "tpch" / "metricflow_peer.py"), folder, "4"]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    for line in map(json.loads, done.stdout.splitlines()):
        yield line["name"], statistics.median(line["seconds"][1:])


def elapsed(act: Any) -> float:
    """Seconds for one act."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def star() -> Iterator[dict[str, Any]]:
    """One fact with a pair of measures for each ratio, and its dimension tables."""
    yield {
        "project_configuration": {
            "time_spines": [
                {
                    "node_relation": {"schema_name": "main", "alias": "days"},
                    "primary_column": {"name": "day", "time_granularity": "day"},
                }
            ]
        }
    }
    keys = [
        {"name": f"table_{number}", "type": "foreign", "expr": f"key_{number}"} for number in range(TABLES)
    ]
    measures = [
        {"name": f"{part}_{number}", "agg": "sum", "expr": f"{part}_{number}"}
        for number in range(RATIOS)
        for part in ("paid", "due")
    ]
    yield model(
        "facts",
        [{"name": "line", "type": "primary", "expr": "line_id"}, *keys],
        ["kind", "channel"],
        measures,
    )
    for number in range(TABLES):
        key = [{"name": f"table_{number}", "type": "primary", "expr": "id"}]
        yield model(f"table_{number}", key, [f"d{one}" for one in range(DIMENSIONS)], [])
    for number in range(RATIOS):
        for part in ("paid", "due"):
            name = f"{part}_{number}"
            yield {"metric": {"name": name, "type": "simple", "type_params": {"measure": name}}}
        parts = {"numerator": {"name": f"paid_{number}"}, "denominator": {"name": f"due_{number}"}}
        yield {"metric": {"name": f"share_{number}", "type": "ratio", "type_params": parts}}


def model(
    name: str, entities: list[dict[str, Any]], dimensions: list[str], measures: list[dict[str, Any]]
) -> dict[str, Any]:
    """One semantic model as a document."""
    time_dimension = {"name": "at", "type": "time", "type_params": {"time_granularity": "day"}}
    said = {
        "name": name,
        "node_relation": {"schema_name": "main", "alias": name},
        "entities": entities,
        "dimensions": [time_dimension, *({"name": one, "type": "categorical"} for one in dimensions)],
    }
    if measures:
        said |= {"defaults": {"agg_time_dimension": "at"}, "measures": measures}
    return {"semantic_model": said}


if __name__ == "__main__":
    main()
