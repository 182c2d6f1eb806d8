"""What does a decision about one product of thirty columns cost, and where does the time go?

`raw` is the embedded engine alone, asked for everything in one query over the whole view, on bytes that are there
already; `rule by rule` is the same as we ask it, over the parts that rules read. `decide` is the whole: the view, its
digest, the question, findings with their places. All is processor time of this process and of the worker, so that
neighbours do not count.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalog.adapters.opa_server import OpaServer
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.adapters.rego_process import RegoProcess
from catalog.domain.document import Document
from catalog.domain.draft import Draft
from catalog.manifests.digest import digest_of
from catalog.manifests.read import read
from catalog.policy.bundle import Bundle
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.policy.entrypoint import PACKAGE, entrypoint
from catalog.policy.load import load_bundle
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import mesh_facts, view_of
from catalog.registry.drafts import drafts_of
from catalog.resources import resource_directory

COLUMNS, ROUNDS, DEADLINE_SECONDS = 30, 200, 10.0
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POINT = EnforcementPoint.PUBLISH
MESH = mesh_facts(())
TYPED = "        logicalType: string\n        physicalType: VARCHAR\n"
COLUMN = (
    "      - name: column_{n}\n" + TYPED + "        description: One.\n        classification: internal\n"
)
BAD_COLUMN = "      - name: customer_{n}_email\n" + TYPED


def main() -> None:
    """Print medians in milliseconds, each beside the embedded engine alone."""
    bundle = load_bundle(resource_directory("policies"))
    good, bad = product(COLUMN), product(BAD_COLUMN)
    raw, loading = measured_raw(bundle, good)
    print(f"{len(bundle.rules)} rules, a product of {COLUMNS} more columns, medians of {ROUNDS}")
    show("raw, embedded", raw, raw)
    show("the view alone", median(lambda: view(good)), raw)
    kept = view(good)
    show("the digest of the view", median(lambda: digest_of(kept)), raw)
    engines: dict[str, PolicyEngine] = {"embedded": EmbeddedRego()}
    if url := os.environ.get("CONCORD_TEST_OPA_URL"):
        engines["OPA server"] = OpaServer(url)
    for name, engine in engines.items():
        measure(name, engine, bundle, good, bad, raw)
        engine.close()
    show("loading the bundle once, embedded", loading, raw)


def measure(name: str, engine: PolicyEngine, bundle: Bundle, good: Draft, bad: Draft, raw: float) -> None:
    """Evaluate with a view that is kept, and decide as a whole, on a product that passes and one that does not."""
    kept = view(good)
    show(
        f"evaluate, {name}",
        median(lambda: engine.evaluate(bundle, [kept], deadline_seconds=DEADLINE_SECONDS)),
        raw,
    )
    for draft, expected in ((good, Verdict.ALLOW), (bad, Verdict.DENY)):
        decision = judged(draft, bundle, engine)
        assert decision.verdict is expected, decision.findings
        findings = len(decision.findings)
        took = median(lambda draft=draft: judged(draft, bundle, engine))
        show(f"decide, {name}, {findings} findings", took, raw)


def measured_raw(bundle: Bundle, draft: Draft) -> tuple[float, float]:
    """Seconds for one evaluation with nothing around it, and for loading the bundle."""
    worker = RegoProcess(256)
    try:
        modules = [*bundle.modules, entrypoint(bundle)]
        question = [json.dumps(view(draft)).encode()]

        def load() -> None:
            worker.load(
                bundle.revision,
                modules,
                bundle.data,
                f"data.{PACKAGE}.revision",
                deadline_seconds=DEADLINE_SECONDS,
            )

        load()
        loading = median(load, 15)
        return median(
            lambda: worker.query(
                bundle.revision, [f"data.{PACKAGE}.answer"], question, deadline_seconds=DEADLINE_SECONDS
            )
        ), loading
    finally:
        worker.close()


def product(column: str) -> Draft:
    """The starter product with thirty more columns."""
    starter = resource_directory("examples") / "starter" / "products" / "requests"
    texts = {path.name: path.read_text().replace("DOMAIN", "logistics") for path in starter.iterdir()}
    more = "".join(column.format(n=n) for n in range(COLUMNS))
    texts["contract.odcs.yaml"] = texts["contract.odcs.yaml"].replace(
        "    properties:\n", "    properties:\n" + more
    )
    drafts, findings = drafts_of(read(Document(name, text.encode()) for name, text in texts.items()))
    assert not findings, findings
    return drafts[0]


def view(draft: Draft) -> dict[str, object]:
    """What the engine sees."""
    return view_of(draft, POINT, now=NOW, mesh=MESH)


def judged(draft: Draft, bundle: Bundle, engine: PolicyEngine) -> Decision:
    """The whole decision."""
    return decide(
        draft, POINT, bundle=bundle, engine=engine, now=NOW, mesh=MESH, deadline_seconds=DEADLINE_SECONDS
    )


def median(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds for one act, after three that do not count."""
    for _ in range(3):
        act()
    return statistics.median(elapsed(act) for _ in range(rounds))


def elapsed(act: Callable[[], object]) -> float:
    """Seconds for one act."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def show(name: str, took: float, raw: float) -> None:
    """One line of the table."""
    print(f"{name:<38}{took * 1e3:8.2f} ms  {took / raw:6.2f} x")


if __name__ == "__main__":
    main()
