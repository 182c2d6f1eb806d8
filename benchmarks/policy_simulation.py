"""What does it cost to try a bundle on 10,000 products, beside the engine alone, and beside a change of one rule?

`raw` is the engine on bytes that are there already, in questions of the same size, with both bundles. The number of
products may be given as an argument.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.policy_decision import BAD_COLUMN, COLUMN, product
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.adapters.rego_process import RegoProcess
from catalog.domain.draft import Draft
from catalog.policy.bundle import Bundle
from catalog.policy.entrypoint import PACKAGE, entrypoint
from catalog.policy.load import load_bundle
from catalog.policy.mesh import mesh_facts
from catalog.policy.simulate import Simulation, cases_of, simulate
from catalog.resources import resource_directory

PRODUCTS, BATCH, DEADLINE_SECONDS = 10_000, 32, 60.0
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ONE = "ORG-DSC-003"


def main() -> None:
    """Print seconds, each beside the engine alone, and the memory at the end."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS
    today = load_bundle(resource_directory("policies"))
    drafts = products(number)
    mesh = mesh_facts(drafts[:1])

    def tried(bundle: Bundle) -> Simulation:
        engine = EmbeddedRego()
        try:
            cases = cases_of(drafts, now=NOW, mesh=mesh)
            return simulate(cases, today, bundle, engine=engine, deadline_seconds=DEADLINE_SECONDS)
        finally:
            engine.close()

    everything = touched(today, {rule.id for rule in today.rules})
    questions = [json.dumps(dict(one.view)).encode() for one in cases_of(drafts, now=NOW, mesh=mesh)]
    raw = elapsed(lambda: [alone(bundle, questions) for bundle in (today, everything)])
    print(f"{number} products, {len(today.rules)} rules")
    show("raw, both bundles", raw, raw)
    views = elapsed(lambda: sum(1 for _ in cases_of(drafts, now=NOW, mesh=mesh)))
    show("the views alone", views, raw)
    whole = elapsed(lambda: tried(everything))
    show("simulate, every rule changed", whole, raw)
    one = elapsed(lambda: tried(touched(today, {ONE})))
    show("simulate, one rule changed", one, raw)
    print(f"one rule to all: {one / whole:.2f}")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def products(number: int) -> list[Draft]:
    """Products of thirty more columns under as many names; one in ten breaks rules."""
    good, bad = product(COLUMN), product(BAD_COLUMN)
    return [
        replace(kind, key=replace(kind.key, name=f"product_{n}"))
        for n in range(number)
        for kind in [bad if n % 10 == 0 else good]
    ]


def touched(bundle: Bundle, rules: set[str]) -> Bundle:
    """The bundle with a line more in the modules of these rules, which changes nothing else."""
    paths = {rule.path for rule in bundle.rules if rule.id in rules}
    modules = tuple(
        replace(one, source=one.source + "\n# touched\n") if one.path in paths else one
        for one in bundle.modules
    )
    return replace(bundle, revision=f"sha256:{len(rules):064d}", modules=modules)


def alone(bundle: Bundle, questions: Sequence[bytes]) -> None:
    """The engine with nothing around it."""
    worker = RegoProcess(256)
    try:
        modules = [*bundle.modules, entrypoint(bundle)]
        probe, answer = f"data.{PACKAGE}.revision", json.dumps([f"data.{PACKAGE}.answer"]).encode()
        worker.load(bundle.revision, modules, bundle.data, probe, deadline_seconds=DEADLINE_SECONDS)
        for some in batches(questions):
            asked = [(answer, one) for one in some]
            worker.query(bundle.revision, asked, deadline_seconds=DEADLINE_SECONDS)
    finally:
        worker.close()


def batches(questions: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """As many at once as a simulation asks."""
    return (questions[start : start + BATCH] for start in range(0, len(questions), BATCH))


def elapsed(act: Callable[[], object]) -> float:
    """Processor seconds of this process and of the workers that it ended, so that neighbours do not count."""
    started = _used()
    act()
    return _used() - started


def _used() -> float:
    times = time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times + children.ru_utime + children.ru_stime


def show(name: str, took: float, raw: float) -> None:
    """One line of the table."""
    print(f"{name:<38}{took:8.2f} s  {took / raw:6.2f} x", flush=True)


if __name__ == "__main__":
    main()
