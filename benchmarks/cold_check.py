"""How long does a cold `concord check` of one product take, beside a bare interpreter and its libraries?

Each run is a process of its own, in turns; bytecode is cached as an installation does, in a folder of its own.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, BUDGET_SECONDS = 7, 1.0
CONCORD = ("-m", "catalog.cli.main")
BARE = "python -c pass"
RUNS = {
    BARE: ("-c", "pass"),
    "import yaml, jsonschema_rs": ("-c", "import yaml, jsonschema_rs"),
    "import sqlglot": ("-c", "import sqlglot"),
    "concord --help": (*CONCORD, "--help"),
    "concord check, a product": (*CONCORD, "check", "product"),
    "concord check, a product and a metric": (*CONCORD, "check", "starter"),
}


def main() -> None:
    """Print the median of each, its ratio to the bare interpreter, and the check beside its budget."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("CONCORD_", "PYTHON"))}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**clean, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        for name in ("starter", "product"):
            run((*CONCORD, "init", name, "--domain", "logistics"), folder, environment)
        for metrics in Path(folder, "product", "metrics").iterdir():
            metrics.unlink()
        for words in RUNS.values():
            run(words, folder, environment)  # fills the cache of bytecode
        rounds = [
            {name: run(words, folder, environment) for name, words in RUNS.items()} for _ in range(ROUNDS)
        ]
    medians = {name: statistics.median(one[name] for one in rounds) for name in RUNS}
    for name, took in medians.items():
        budget = f"  {took / BUDGET_SECONDS:5.1%} of {BUDGET_SECONDS:.0f} s" if "check" in name else ""
        print(f"{name:<38}{took * 1e3:7.1f} ms  {took / medians[BARE]:5.1f} x{budget}")


def run(words: tuple[str, ...], folder: str, environment: dict[str, str]) -> float:
    """Seconds for one process, from its start to its end."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
