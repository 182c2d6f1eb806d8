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

# Truth and nothing in YAML 1.1 or 1.2: other tools read the documents too.
_WORDS_OF_YAML = {"false", "n", "no", "null", "off", "on", "true", "y", "yes"}


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
    parser.add_argument(
        "--domain", required=True, help="the domain's name: lower-case letters, digits, - and _"
    )


def run(given: Namespace, _settings: Settings, output: Output) -> int:
    """Write the starter documents; a folder with content is left alone."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", given.domain):
        raise UsageError(
            f"{given.domain!r} is no domain name.",
            remedy="begin with a lower-case letter, go on with lower-case letters, digits, - and _",
        )
    if given.folder.exists() and not (given.folder.is_dir() and not any(given.folder.iterdir())):
        raise UsageError(f"{given.folder} is no empty folder.", remedy="name a new folder")
    starter = resource_directory("examples") / "starter"
    written = []
    for source in sorted(path for path in starter.rglob("*") if path.is_file()):
        target = given.folder / source.relative_to(starter)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_named(source.read_text(encoding="utf-8"), given.domain), encoding="utf-8")
        written.append(str(target))
    output.document({"written": written})
    for name in written:
        output.line(f"wrote {name}")
    output.line(f"Next: edit them, then `concord check {given.folder}`.")
    return 0


def _named(text: str, domain: str) -> str:
    """The document in the name of the domain, quoted where YAML could read the name as something else."""
    quoted = f'"{domain}"' if domain in _WORDS_OF_YAML else domain
    return re.sub(r"(?<=: )DOMAIN$", quoted, text, flags=re.MULTILINE).replace("DOMAIN", domain)
