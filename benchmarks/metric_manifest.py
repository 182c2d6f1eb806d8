"""How long is a manifest of 10,000 metrics read, judged and registered? CPU seconds, apart.

The limit is 3 s for reading and judging. Registering is the whole step behind `concord apply`: the definitions of
all metrics, the organisation's policies, and one transaction of a new SQLite store.

    python benchmarks/metric_manifest.py [METRICS]

A quarter each of simple, ratio, derived and cumulative metrics over 100 semantic models; as YAML in one file, and
as the semantic manifest that dbt writes.
"""

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalog.access.actor import SYSTEM
from catalog.bootstrap import Services
from catalog.config import Settings
from catalog.domain.document import Document
from catalog.domain.people import Role
from catalog.manifests.loader import OWN
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read
from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest, validate
from catalog.publishing.review import registration_review
from catalog.registry.ownership import in_domain
from catalog.registry.register import Registration, register
from catalog.store import migrate

_T = TypeVar("_T")
MODELS = 100
LIMIT_SECONDS = 3.0
FILTER = "{{ Dimension('row_0__kind') }} = 'a'"


def model(number: int) -> dict[str, Any]:
    """A semantic model with five measures."""
    return {
        "name": f"facts_{number}",
        "node_relation": {"alias": f"facts_{number}", "schema_name": "shop"},
        "defaults": {"agg_time_dimension": "happened_at"},
        "entities": [
            {"name": f"row_{number}", "type": "primary", "expr": "id"},
            {"name": "customer", "type": "foreign", "expr": "customer_id"},
        ],
        "dimensions": [
            {"name": "happened_at", "type": "time", "type_params": {"time_granularity": "day"}},
            {"name": "kind", "type": "categorical"},
        ],
        "measures": [{"name": f"amount_{number}_{n}", "agg": "sum", "expr": "amount"} for n in range(5)],
    }


def metric(number: int) -> dict[str, Any]:
    """The next metric; three of four are made of a simple one."""
    at = number % MODELS
    measure = f"amount_{at}_{number % 5}"
    named = {
        "name": f"metric_{number}",
        "label": f"Metric {number}",
        "description": "What it tells, in words.",
    }
    simple = number - number % 4
    match number % 4:
        case 0:
            text = FILTER.replace("row_0", f"row_{at}")
            return {**named, "type": "simple", "type_params": {"measure": {"name": measure}}, "filter": text}
        case 1:
            inputs = {"numerator": {"name": f"metric_{simple}"}, "denominator": {"name": f"metric_{simple}"}}
            return {**named, "type": "ratio", "type_params": inputs}
        case 2:
            before = {"name": f"metric_{simple}", "alias": "before", "offset_window": "7 days"}
            made = {"expr": f"metric_{simple} - before", "metrics": [{"name": f"metric_{simple}"}, before]}
            return {**named, "type": "derived", "type_params": made}
        case _:
            window = {"window": "28 days"}
            params = {"measure": {"name": measure}, "cumulative_type_params": window}
            return {**named, "type": "cumulative", "type_params": params}


def as_yaml(models: list[dict[str, Any]], metrics: list[dict[str, Any]]) -> str:
    """One key a line, as people write it."""
    return "\n".join(("semantic_models:", *_items(models), "metrics:", *_items(metrics), ""))


def _items(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        for number, line in enumerate(_lines(item, "")):
            yield f"{'- ' if number == 0 else '  '}{line}"


def _lines(value: dict[str, Any], indent: str) -> Iterator[str]:
    for key, item in value.items():
        if isinstance(item, dict):
            yield f"{indent}{key}:"
            yield from _lines(item, indent + "  ")
        else:
            yield f"{indent}{key}: {json.dumps(item)}"


def timed(work: Callable[[], _T]) -> tuple[_T, float]:
    """The result, and the CPU seconds it took."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def registered(source: dict[str, str]) -> tuple[float, float, float]:
    """CPU seconds of this process for registering, of the policy engine's, and for the same once more."""
    documents = [Document(name, text.encode()) for name, text in source.items()]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/catalog.db"
        migrate.upgrade(url)
        with Services(Settings(database_url=url, secret="x" * 40)) as services:
            manifest = in_domain(read(documents, OWN), "shop")
            first, took = timed(lambda: _registered(manifest, services))
            again, repeated = timed(lambda: _registered(manifest, services))
    assert all(one.stored for one in first)
    assert not any(one.stored for one in again)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, children.ru_utime + children.ru_stime, repeated


def _registered(manifest: Manifest, services: Services) -> tuple[Registration, ...]:
    gate = services.gate
    owner = replace(SYSTEM, roles={"shop": frozenset({Role.DOMAIN_OWNER})})
    return register(manifest, owner, gate.open_unit, gate.clock, review=registration_review(owner, gate))


def main() -> None:
    """Print both forms, each step apart."""
    gc.set_threshold(50_000)  # as the command line does
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    models, metrics = [model(n) for n in range(MODELS)], [metric(n) for n in range(count)]
    whole = {"semantic_models": models, "metrics": metrics, "saved_queries": [], "project_configuration": {}}
    compile_query(
        read_semantic_manifest(whole), MetricQuery(("metric_0",))
    )  # imports and caches of the parser
    forms = {
        "YAML": {"metrics.yaml": as_yaml(models, metrics)},
        "dbt's manifest": {"m.json": json.dumps(whole)},
    }
    for name, source in forms.items():
        manifest, reading = timed(lambda source=source: read_semantic_manifest(source))
        findings, judging = timed(lambda manifest=manifest: validate(manifest))
        assert len(manifest.metrics) == count
        assert not [one for one in findings if one.blocks], findings[:3]
        _, compiling = timed(lambda manifest=manifest: compile_query(manifest, MetricQuery(("metric_1",))))
        size = len(next(iter(source.values()))) / 1e6
        within = "within" if reading + judging <= LIMIT_SECONDS else "over"
        print(
            f"{name:15} {size:4.1f} MB  read {reading:5.2f} s  validate {judging:5.2f} s  "
            f"{within} {LIMIT_SECONDS:.0f} s; one query {compiling * 1000:.1f} ms"
        )
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        took, engine, again = registered(source)
        engine -= before.ru_utime + before.ru_stime
        print(
            f"{'':15} register {took:5.2f} s and {engine:5.2f} s of the policy engine, again {again:5.2f} s"
        )


if __name__ == "__main__":
    main()
