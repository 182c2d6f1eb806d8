"""`concord init`: the first documents of a domain team."""

import re
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import UsageError
from catalog.resources import resource_directory


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord init FOLDER --domain NAME`."""
    parser = add_command(
        commands,
        shared,
        "init",
        run,
        help="write a first product, contract and metric that pass every rule of the organisation",
        examples=["concord init my-domain --domain logistics"],
    )
    parser.add_argument("folder", type=Path, help="a new or empty folder")
    parser.add_argument("--domain", required=True, help="the domain's name, in lower case")


def run(given: Namespace, _settings: Settings, output: Output) -> int:
    """Write the starter documents; a folder with content is left alone."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", given.domain):
        raise UsageError(
            f"{given.domain!r} is no domain name.", remedy="use lower-case letters, digits, - and _"
        )
    if given.folder.exists() and any(given.folder.iterdir()):
        raise UsageError(f"{given.folder} is not empty.", remedy="name a new folder")
    starter = resource_directory("examples") / "starter"
    written = []
    for source in sorted(path for path in starter.rglob("*") if path.is_file()):
        target = given.folder / source.relative_to(starter)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            source.read_text(encoding="utf-8").replace("DOMAIN", given.domain), encoding="utf-8"
        )
        written.append(str(target))
    output.document({"written": written})
    for name in written:
        output.line(f"wrote {name}")
    output.line(f"Next: edit them, then `concord check {given.folder}`.")
    return 0
