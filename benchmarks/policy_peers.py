"""The same rules over the same products: embedded, in an OPA server, and in conftest.

Every engine is given the same views, those of products of thirty more columns of which one in ten breaks rules, and has
to find the same violations. A server is asked one view at a time and in batches; conftest reads a folder of documents,
and so does a process of our own beside it. All is processor time of everybody who takes part, so that neighbours do
not count; what is read from files is told in wall time too. Conftest is given the rules in the way that is fastest for
it, as one package, and with a namespace for each rule, without which it cannot tell or choose rules. `--without PEER`
leaves a peer out; conftest is had by `go install github.com/open-policy-agent/conftest@latest`.
"""

import argparse
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.policy_decision import cpu_of
from benchmarks.policy_folder import judged
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.policy.bundle import Bundle
from catalog.policy.entrypoint import entrypoint
from catalog.policy.federation import rules_for
from catalog.policy.load import load_bundle
from catalog.policy.ports import PolicyEngine
from catalog.policy.written import WrittenView
from catalog.resources import resource_directory

PRODUCTS, SINGLY, BATCH, FILE_ROUNDS, DEADLINE_SECONDS = 1_000, 200, 200, 2, 60.0
Found = list[str]
ONE = """package main

deny contains message if {
	some result in data.concord.entrypoint.results
	some one in result.violations
	message := sprintf("%s %s %s", [one.id, one.path, json.marshal(one.args)])
}
"""


EACH = """package {namespace}

deny contains message if {{
	some one in data.{package}.violation
	message := sprintf("%s %s %s", [one.id, one.path, json.marshal(one.args)])
}}
"""


def main() -> None:
    """Print processor milliseconds for each product, each beside the embedded engine."""
    given = arguments()
    bundle, views = load_bundle(resource_directory("policies")), views_of(given.products)
    print(
        f"{len(bundle.rules)} rules, {len(views)} products of 30 more columns, {len(views[0].text):,} bytes each"
    )
    expected = in_memory(bundle, views, given)
    with tempfile.TemporaryDirectory() as folder:
        from_files(bundle, views, Path(folder), given, expected)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--opa", metavar="BINARY", default="")
    parser.add_argument("--conftest", metavar="BINARY", default="")
    parser.add_argument("--without", action="append", default=[], choices=("opa", "conftest"))
    given = parser.parse_args()
    for peer in ("opa", "conftest"):
        if peer in given.without:
            print(f"{peer} is left out, as was asked")
        elif not getattr(given, peer):
            parser.error(f"--{peer} names no binary; leave the peer out with --without {peer}")
    return given


def in_memory(bundle: Bundle, views: Sequence[WrittenView], given: argparse.Namespace) -> list[Found]:
    """Evaluate views that are there already, singly and in batches, and see that all find the same."""
    embedded = EmbeddedRego()
    raw, first = asked(embedded, bundle, views, 1, lambda: [worker(embedded)], "embedded, one at a time", 0.0)
    name = f"embedded, {BATCH} at a time"
    _, answers = asked(embedded, bundle, views, BATCH, lambda: [worker(embedded)], name, raw)
    assert first == answers[: len(first)]
    embedded.close()
    if "opa" not in given.without:
        # Slow to load, and no part of the process of our own that reads files.
        from catalog.adapters.opa_server import OpaServer

        with opa_server(given.opa) as (url, pid):
            server = OpaServer(url)
            for number in (1, BATCH):
                name = "OPA server, one at a time" if number == 1 else f"OPA server, {number} at a time"
                _, found = asked(server, bundle, views, number, lambda: [pid], name, raw)
                assert found == answers[: len(found)], "both engines find the same"
            server.close()
    return answers


def asked(
    engine: PolicyEngine,
    bundle: Bundle,
    views: Sequence[WrittenView],
    number: int,
    pids: Callable[[], Sequence[int]],
    name: str,
    raw: float,
) -> tuple[float, list[Found]]:
    """The median processor seconds for a view, asked so many at a time, and what was found."""
    engine.evaluate(bundle, views[:number], deadline_seconds=DEADLINE_SECONDS)
    took, found = [], list[Found]()
    for start in range(0, min(SINGLY, len(views)) if number == 1 else len(views), number):
        some = [WrittenView(one) for one in views[start : start + number]]
        began = cpu_of(*pids())
        answers = engine.evaluate(bundle, some, deadline_seconds=DEADLINE_SECONDS)
        took.append((cpu_of(*pids()) - began) / len(some))
        found += [sorted(f"{one.id} {one.path}" for one in answer) for answer in answers]
    median = statistics.median(took)
    print(f"{name:<38}{median * 1e3:8.2f} ms  {median / (raw or median):6.2f} x", flush=True)
    return median, found


def from_files(
    bundle: Bundle,
    views: Sequence[WrittenView],
    folder: Path,
    given: argparse.Namespace,
    expected: list[Found],
) -> None:
    """The same documents read from a folder, by a process of our own and by conftest."""
    documents = folder / "documents"
    documents.mkdir()
    for at, view in enumerate(views):
        (documents / f"product_{at:05}.json").write_bytes(view.text)
    if "conftest" in given.without:
        return
    number, ours = sum(map(len, expected)), judged(documents)
    assert sum(map(len, ours)) == number, "the files hold what was in memory"
    commands = {
        "a process of our own": [
            sys.executable,
            str(Path(__file__).with_name("policy_folder.py")),
            str(documents),
        ],
        "conftest, one package": conftest(given.conftest, folder / "one", {"main": ONE}, bundle, documents),
        "conftest, a namespace for each rule": conftest(
            given.conftest, folder / "each", namespaces(bundle, views[0]), bundle, documents
        ),
    }
    runs = [{name: timed(command) for name, command in commands.items()} for _ in range(FILE_ROUNDS)]
    for name in [*commands][1:]:
        assert sorted(told(runs[0][name][2])) == sorted(ours), f"{name} finds the same"
    print(f"from files, {number:,} violations, the same by all")
    own = 0.0
    for name in commands:
        cpu, wall = (min(run[name][at] for run in runs) for at in (0, 1))
        own = own or cpu
        print(f"{name:<38}{cpu / len(views) * 1e3:8.2f} ms  {cpu / own:6.2f} x  {wall:6.2f} s wall")


def conftest(binary: str, root: Path, mains: dict[str, str], bundle: Bundle, documents: Path) -> list[str]:
    """How conftest is started on the bundle, with modules that hand on what the rules report."""
    texts = {module.path: module.source for module in (*bundle.modules, entrypoint(bundle))}
    texts |= {f"{namespace}.rego": text for namespace, text in mains.items()}
    for name, text in (texts | {"data/data.json": json.dumps(bundle.data)}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    asked = [part for namespace in mains for part in ("--namespace", namespace)]
    shown = ["--output", "json", "--no-fail", "--no-color"]
    return [
        binary,
        "test",
        "--policy",
        str(root),
        "--data",
        str(root / "data"),
        *asked,
        *shown,
        str(documents),
    ]


def namespaces(bundle: Bundle, view: WrittenView) -> dict[str, str]:
    """A package for each rule that judges such a view."""
    judging = rules_for(bundle, view["domain"], view["kind"])
    return {
        f"rule_{at}": EACH.format(namespace=f"rule_{at}", package=rule.package)
        for at, rule in enumerate(judging)
    }


def told(output: bytes) -> list[Found]:
    """What conftest's JSON tells of each document, as ids and paths."""
    found: dict[str, Found] = {}
    for one in json.loads(output):
        failures = [" ".join(each["msg"].split(" ")[:2]) for each in one.get("failures") or ()]
        found.setdefault(one["filename"], []).extend(failures)
    return [sorted(one) for one in found.values()]


def timed(command: Sequence[str]) -> tuple[float, float, bytes]:
    """Processor seconds with all children, wall seconds, and what was written."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - began, done.stdout


@contextmanager
def opa_server(binary: str) -> Iterator[tuple[str, int]]:
    """A server on a spare port of loopback, ended after use."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{spare.getsockname()[1]}"
    command = [binary, "run", "--server", "--addr", address, "--log-level", "error", "--skip-version-check"]
    process = subprocess.Popen(command)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{address}/health", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://{address}", process.pid
    finally:
        process.terminate()
        process.wait()


def worker(engine: EmbeddedRego) -> int:
    """The process that evaluates."""
    return engine._idle.queue[0].pid


def views_of(number: int) -> list[WrittenView]:
    """The views of products under as many names."""
    from benchmarks.policy_decision import MESH, NOW, POINT
    from benchmarks.policy_simulation import products
    from catalog.policy.view import view_of

    views: list[Any] = [view_of(draft, POINT, now=NOW, mesh=MESH) for draft in products(number)]
    return [WrittenView(one) for one in views]


if __name__ == "__main__":
    main()
