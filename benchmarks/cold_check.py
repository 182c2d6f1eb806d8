"""How long do a cold `concord check` and a cold `concord query --explain` take, beside a bare interpreter?

Each run is a process of its own, in turns; bytecode is cached as an installation does, in a folder of its own.
Figures are CPU seconds: one thread that waits for nothing takes as long on a machine of its own.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import issue_tokens
from catalog.cli.demonstration.story import Story
from catalog.cli.output import Output
from catalog.config import Settings

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 9
CONCORD = ("-m", "catalog.cli.main")
BARE = "python -c pass"
RUNS = {
    BARE: ("-c", "pass"),
    "import yaml, jsonschema_rs": ("-c", "import yaml, jsonschema_rs"),
    "import sqlglot": ("-c", "import sqlglot"),
    "import sqlalchemy": ("-c", "import sqlalchemy"),
    "concord --help": (*CONCORD, "--help"),
    "concord check, a product": (*CONCORD, "check", "product"),
    "concord check, a product and a metric": (*CONCORD, "check", "starter"),
    "concord query --explain": (*CONCORD, "query", "gmv", "--group-by", "metric_time__month", "--explain"),
}
BUDGETS = {"concord check, a product": 1.0, "concord query --explain": 0.8}


def main() -> None:
    """Print the median of each, its ratio to the bare interpreter, and the commands beside their budgets."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("CONCORD_", "PYTHON"))}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**clean, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        served = environment | mesh(Path(folder))
        for name in ("starter", "product"):
            run((*CONCORD, "init", name, "--domain", "logistics"), folder, environment)
        for metrics in Path(folder, "product", "metrics").iterdir():
            metrics.unlink()
        in_turn = [  # the first round fills the cache of bytecode
            {
                name: run(words, folder, served if "query" in name else environment)
                for name, words in RUNS.items()
            }
            for _ in range(1 + ROUNDS)
        ]
        rounds = in_turn[1:]
    medians = {name: statistics.median(one[name] for one in rounds) for name in RUNS}
    for name, took in medians.items():
        least = min(one[name] for one in rounds)
        allowed = BUDGETS.get(name)
        budget = f"  {took / allowed:5.1%} of {allowed} s" if allowed else ""
        print(
            f"{name:<38}{took * 1e3:7.1f} ms (least {least * 1e3:6.1f})  {took / medians[BARE]:5.1f} x{budget}"
        )


def mesh(folder: Path) -> dict[str, str]:
    """A store that serves the metrics of the demo, and what a command needs to ask it."""
    (folder / "data").mkdir()
    settings = Settings(data_root=f"{folder}/data", database_url=f"sqlite:///{folder}/catalog.db", demo=True)
    with Services(settings) as services:
        Story(services, folder, Output("json"), scale=0.01).tell()
        token = issue_tokens(services, folder / "tokens.json")["finance-owner"]
    return {
        "CONCORD_DATABASE_URL": settings.database_url,
        "CONCORD_DATA_ROOT": settings.data_root,
        "CONCORD_TOKEN": token,
    }


def run(words: tuple[str, ...], folder: str, environment: dict[str, str]) -> float:
    """CPU seconds of one process, from its start to its end."""
    before = _spent()
    subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True
    )
    return _spent() - before


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
