"""A terminal of the tests: the command line in this process, or in one of its own, and what it answered."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from waiting import PATIENT

from catalog.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = {name: text for name, text in os.environ.items() if not name.startswith("CONCORD_")} | PATIENT


@dataclass(frozen=True)
class Answer:
    """What one command left behind."""

    code: int
    text: str
    errors: str

    @property
    def document(self) -> Any:
        """The answer of `--output json`, which is exactly one document, with nothing said beside it."""
        assert self.errors == ""
        return json.loads(self.text)

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.document["findings"]]


@dataclass
class Terminal:
    """A folder with a store and data of its own; `token` says who acts."""

    folder: Path
    token: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "CONCORD_DEMO": "true",
            "CONCORD_DATABASE_URL": f"sqlite:///{self.store}",
            "CONCORD_DATA_ROOT": str(self.folder / "data"),
            "CONCORD_ENGINE_WORKERS": "1",
            **({"CONCORD_TOKEN": self.token} if self.token else {}),
            **self.settings,
        }

    @property
    def store(self) -> Path:
        return self.folder / "catalog.db"

    def run(self, *words: str | Path) -> Answer:
        """One command in this process, with the settings of this terminal and no others."""
        out, errors = StringIO(), StringIO()
        with (
            patch.dict(os.environ, {**OUTSIDE, **self.environment}, clear=True),
            redirect_stdout(out),
            redirect_stderr(errors),
        ):
            code = main([str(word) for word in words])
        return Answer(code, out.getvalue(), errors.getvalue())

    def json(self, *words: str | Path) -> Answer:
        return self.run(*words, "--output", "json")

    def process(self, *words: str | Path, cwd: Path | None = None) -> Answer:
        """One command in a process of its own, as a shell starts it."""
        done = subprocess.run(
            [sys.executable, "-m", "catalog.cli.main", *map(str, words)],
            cwd=cwd or self.folder,
            env={**OUTSIDE, "PYTHONPATH": str(ROOT), **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def acting(self, token: str) -> Iterator["Terminal"]:
        """The same terminal in somebody else's hands."""
        yield Terminal(self.folder, token, self.settings)

    def issue(self, subject: str, *roles: str) -> str:
        """A fresh token."""
        flags = [part for role in roles for part in ("--role", role)]
        words = ("token", "issue", "--subject", subject, "--team", "logistics", "--application", "tests")
        token: str = self.json(*words, *flags).document["token"]
        return token

    def stored(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, so that nothing changes unseen."""
        with closing(sqlite3.connect(self.store)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {
                name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
                for (name,) in names
            }

    def deliver(self, rows: int = 100) -> None:
        """The data of the starter product: one request an hour, each answered within a minute."""
        folder = self.folder / "data" / "logistics" / "requests"
        folder.mkdir(parents=True, exist_ok=True)
        duckdb.sql(
            f"""COPY (
              SELECT n AS request_id, 'topic ' || n % 3 AS topic,
                     now()::TIMESTAMP - to_hours(n::INT) AS received_at,
                     received_at + INTERVAL 1 MINUTE AS answered_at
              FROM range({rows}) AS t(n)
            ) TO '{folder / "requests.parquet"}' (FORMAT parquet)"""
        ).close()


def rewrite(file: Path, old: str, new: str) -> None:
    """Change a document in one place, which must be there."""
    text = file.read_text()
    assert text.count(old) == 1, (file, old, text.count(old))
    file.write_text(text.replace(old, new))
