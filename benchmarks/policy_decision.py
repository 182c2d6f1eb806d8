"""What does a decision about one product of thirty columns cost, and where does the time go?

`raw` is the embedded engine alone, asked for everything in one query over the whole view, on bytes that are there
already; `rule by rule` is the same engine alone as we ask it, over the parts that the rules read. `decide` is the
whole: the view, its digest, the question, findings with their places; `known` is a decision whose rules were asked
before. All is processor time of this process and of the worker, so that neighbours do not count; acts take turns.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalog.adapters.rego_embedded import EmbeddedRego, load
from catalog.adapters.rego_process import RegoProcess
from catalog.adapters.remembering_engine import RememberingEngine
from catalog.domain.document import Document
from catalog.domain.draft import Draft
from catalog.manifests.read import read
from catalog.policy.bundle import Bundle
from catalog.policy.decide import decide, decision_of
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.policy.entrypoint import PACKAGE, entrypoint
from catalog.policy.judgement import Judgement, judge_view
from catalog.policy.load import load_bundle
from catalog.policy.merged import questions
from catalog.policy.ports import PolicyEngine
from catalog.policy.projection import shown
from catalog.policy.view import mesh_facts, view_of
from catalog.policy.written import WrittenView
from catalog.registry.drafts import drafts_of
from catalog.resources import resource_directory

COLUMNS, ROUNDS, DEADLINE_SECONDS = 30, 300, 10.0
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
    print(f"{len(bundle.rules)} rules, a product of {COLUMNS} more columns, medians of {ROUNDS}")
    for draft, expected in ((product(COLUMN), Verdict.ALLOW), (product(BAD_COLUMN), Verdict.DENY)):
        measure(bundle, draft, expected)


def measure(bundle: Bundle, draft: Draft, expected: Verdict) -> None:
    """Every act in turn, round by round."""
    alone, apart = RegoProcess(256), RegoProcess(256)
    engine, knowing = EmbeddedRego(), RememberingEngine(EmbeddedRego())
    try:
        kept = view(draft)
        decision = judged(draft, bundle, engine)
        assert decision == known(decision, judged(draft, bundle, knowing)), "what is known is the same"
        assert decision.verdict is expected, decision.findings
        judgement = opinion(kept, bundle, knowing)
        modules, probe = [*bundle.modules, entrypoint(bundle)], f"data.{PACKAGE}.revision"
        alone.load(bundle.revision, modules, bundle.data, probe, deadline_seconds=DEADLINE_SECONDS)
        load(apart, bundle, deadline_seconds=DEADLINE_SECONDS)
        whole = json.dumps([f"data.{PACKAGE}.answer"]).encode(), kept.text
        each = questions(bundle, draft.key.domain, draft.key.kind.value).paths, shown(bundle, kept).text
        acts: dict[str, Callable[[], object]] = {
            "raw": lambda: ask(alone, bundle, whole),
            "raw, rule by rule": lambda: ask(apart, bundle, each),
            "the view": lambda: view(draft),
            "its text and digest": lambda: WrittenView(kept).digest,
            "evaluate": lambda: evaluate(engine, bundle, WrittenView(kept)),
            "findings with their places": lambda: decision_of(draft, kept, judgement, bundle, "", now=NOW),
            "decide": lambda: judged(draft, bundle, engine),
            "decide, known rules": lambda: judged(draft, bundle, knowing),
            "judge, known view and rules": lambda: opinion(kept, bundle, knowing),
        }
        show(
            f"{expected}, {len(decision.findings)} findings",
            medians(acts, alone.pid, apart.pid, worker(engine)),
        )
    finally:
        alone.close()
        apart.close()
        engine.close()
        knowing.close()


def known(one: Decision, other: Decision) -> Decision:
    """The other decision under the first one's id, which alone may differ."""
    return replace(other, decision_id=one.decision_id)


def ask(alone: RegoProcess, bundle: Bundle, question: tuple[bytes, bytes]) -> object:
    """The engine with nothing around it."""
    return alone.query(bundle.revision, [question], deadline_seconds=DEADLINE_SECONDS)


def evaluate(engine: PolicyEngine, bundle: Bundle, kept: WrittenView) -> object:
    """What is found in a view that is not written yet."""
    return engine.evaluate(bundle, [shown(bundle, kept)], deadline_seconds=DEADLINE_SECONDS)


def opinion(kept: WrittenView, bundle: Bundle, engine: PolicyEngine) -> Judgement:
    """The judgement of a view that is there already."""
    return judge_view(
        kept, bundle=bundle, engine=engine, now=NOW, published_at=None, deadline_seconds=DEADLINE_SECONDS
    )


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


def view(draft: Draft) -> WrittenView:
    """What rules see."""
    return WrittenView(view_of(draft, POINT, now=NOW, mesh=MESH))


def judged(draft: Draft, bundle: Bundle, engine: PolicyEngine) -> Decision:
    """The whole decision."""
    return decide(
        draft, POINT, bundle=bundle, engine=engine, now=NOW, mesh=MESH, deadline_seconds=DEADLINE_SECONDS
    )


def worker(engine: EmbeddedRego) -> int:
    """The process that evaluates."""
    return engine._idle.queue[0].pid


def medians(acts: Mapping[str, Callable[[], object]], *pids: int) -> dict[str, float]:
    """Processor seconds of each act, with those of the workers, after three rounds that do not count."""
    took: dict[str, list[float]] = {name: [] for name in acts}
    for at in range(-3, ROUNDS):
        for name, act in acts.items():
            began = cpu_of(*pids)
            act()
            if at >= 0:
                took[name].append(cpu_of(*pids) - began)
    return {name: statistics.median(times) for name, times in took.items()}


def cpu_of(*pids: int) -> float:
    """Processor seconds of this process and of others so far: Linux knows each by a clock made of its number."""
    return time.process_time() + sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def show(title: str, took: Mapping[str, float]) -> None:
    """One table."""
    print(f"\n{title:<38}{'':>11}  of raw  of raw, rule by rule")
    for name, one in took.items():
        raw, each = took["raw"], took["raw, rule by rule"]
        print(f"{name:<38}{one * 1e3:8.3f} ms  {one / raw:6.2f}  {one / each:6.2f}", flush=True)


if __name__ == "__main__":
    main()
