"""How long does the demo take, step by step? The whole main job on two million rows, in a process of its own.

Bytecode is cached as an installation does, in a folder of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUDGET_SECONDS = 60.0


def main() -> None:
    """Print seconds and share of each step, and the whole beside its budget."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("CONCORD_", "PYTHON"))}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**clean, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        parts = "import catalog.cli.demonstration.story, catalog.engine.pool, catalog.quality.run"
        subprocess.run([sys.executable, "-c", parts], cwd=folder, env=environment, check=True)
        started = time.perf_counter()
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "catalog.cli.main",
                "demo",
                "--output",
                "json",
                "--folder",
                f"{folder}/demo",
            ],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        whole = time.perf_counter() - started
    told = json.loads(done.stdout)
    assert told["asExpected"], told
    seconds = {**told["seconds"], "start and end": whole - sum(told["seconds"].values())}
    for step, took in seconds.items():
        print(f"{step:<14}{took:7.2f} s  {took / whole:6.1%}")
    print(
        f"{'whole':<14}{whole:7.2f} s  {whole / BUDGET_SECONDS:6.1%} of {BUDGET_SECONDS:.0f} s; "
        f"{len(told['published'])} published, {len(told['refused'])} refused"
    )


if __name__ == "__main__":
    main()
