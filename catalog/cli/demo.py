"""`concord demo`: the main job on the demo mesh, embedded, in under a minute."""

import shutil
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings

_MARK = ".concord-demo"
_SMALLEST = 0.01  # below, the planted faults are too few to be caught


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord demo`."""
    parser = add_command(
        commands,
        shared,
        "demo",
        run,
        help="register, judge, publish and query a mesh of four domains with planted faults",
        examples=["concord demo", "concord demo --serve"],
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".concord/demo"),
        help="where store and data go; .concord/demo if left out",
    )
    parser.add_argument(
        "--scale",
        type=_share,
        default=1.0,
        help="share of the two million rows, from 0.01 to 1; all of them if left out",
    )
    parser.add_argument("--serve", action="store_true", help="keep the server up on loopback afterwards")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when every planted fault was caught by the rule meant for it, and everything else was published."""
    from catalog.bootstrap import Services
    from catalog.cli.demonstration.story import Story

    folder: Path = given.folder.resolve()
    if given.serve and (folder / "tokens.json").exists():
        return _serve(folder, settings.port, output)
    _empty(folder)
    with Services(_settings(folder, settings.port)) as services:
        story = Story(services, folder, output, given.scale)
        as_expected = story.tell()
    total = sum(story.seconds.values())
    output.document(
        {
            "asExpected": as_expected,
            "published": [str(key) for key, one in story.outcomes.items() if one.published],
            "refused": [str(key) for key, one in story.outcomes.items() if not one.published],
            "seconds": {name: round(seconds, 3) for name, seconds in story.seconds.items()},
        }
    )
    steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in story.seconds.items())
    output.line(f"\nDone in {total:.1f} s: {steps}.", "green" if as_expected else "red")
    if as_expected and given.serve:
        return _serve(folder, settings.port, output)
    _next(folder, output)
    return 0 if as_expected else 1


def _share(text: str) -> float:
    share = float(text)
    if not _SMALLEST <= share <= 1:
        raise ArgumentTypeError(f"{text} is no share from {_SMALLEST} to 1")
    return share


def _settings(folder: Path, port: int) -> Settings:
    return Settings(
        data_root=str(folder / "data"),
        database_url=f"sqlite:///{folder / 'catalog.db'}",
        demo=True,
        port=port,
    )


def _empty(folder: Path) -> None:
    """Make the folder anew; one that the demo did not make is left alone."""
    from catalog.domain.errors import UsageError

    foreign = folder.exists() and not folder.is_dir()
    if foreign or (folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists()):
        raise UsageError(f"{folder} holds something else.", remedy="name another --folder")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    (folder / _MARK).touch()


def _serve(folder: Path, port: int, output: Output) -> int:
    from catalog.bootstrap import Services
    from catalog.cli.demonstration.cast import issue_tokens
    from catalog.serving.process import serve

    settings = _settings(folder, port)
    with Services(settings) as services:
        tokens = issue_tokens(services, folder / "tokens.json")
    output.line(f"\nThe demo serves on http://127.0.0.1:{port}/graphql, on loopback only. Try:")
    output.line(
        f"  curl -s http://127.0.0.1:{port}/graphql -H 'content-type: application/json' "
        f"-H 'authorization: Bearer {tokens['bi']}' "
        """-d '{"query": "{ metrics { nodes { key owner tier } } }"}'"""
    )
    return serve(settings)


def _next(folder: Path, output: Output) -> None:
    output.line("\nNext:", "bold")
    output.line("  make serve                      keep the demo server up, with fresh tokens")
    output.line("  source .venv/bin/activate       then, with the demo's store:")
    output.line(f"  export CONCORD_DEMO=true CONCORD_DATA_ROOT={folder / 'data'} \\")
    output.line(f"    CONCORD_DATABASE_URL=sqlite:///{folder / 'catalog.db'} \\")
    output.line(
        f"    CONCORD_TOKEN=$(python -c \"import json; print(json.load(open('{folder / 'tokens.json'}'))['bi'])\")"
    )
    output.line("  concord query gmv --group-by metric_time__month --order-by metric_time__month --limit 6")
    output.line("  concord init my-domain --domain logistics && concord check my-domain")
    output.line("  concord policy test")
