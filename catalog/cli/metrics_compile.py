"""`concord metrics compile`: the SQL of a question over the definitions of a dbt project."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.metric_question import add_question, asked
from catalog.cli.output import Output
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.domain.metric import SemanticManifest


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics compile METRIC --from PATH`."""
    parser = add_command(
        commands,
        shared,
        "compile",
        run,
        help="write the SQL of a question about metrics that are not published yet; nothing is run",
        examples=[
            "concord metrics compile revenue --from . --group-by metric_time__month",
            "concord metrics compile revenue orders --from models --dialect snowflake",
        ],
    )
    add_definitions(parser)
    parser.add_argument("--dialect", default="duckdb", help="whose SQL is written; duckdb if not said")
    add_question(parser)


def run(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # every command has both
    """0 with the SQL; definitions with errors and questions without a right answer are refused."""
    from catalog.metrics import compile_query

    compiled = compile_query(definitions(given), asked(given), dialect=given.dialect)
    explanation = compiled.plan.explain()
    output.document({"sql": compiled.sql, "columns": compiled.columns, "plan": explanation})
    output.line(compiled.sql)
    return 0


def add_definitions(parser: ArgumentParser) -> None:
    """Which metrics, and where they are defined."""
    parser.add_argument("metrics", nargs="+", help="names of metrics")
    parser.add_argument(
        "--from",
        dest="paths",
        action="append",
        type=Path,
        required=True,
        metavar="PATH",
        help="semantic layer YAML, or a folder of it; may be given again",
    )


def definitions(given: Namespace) -> "SemanticManifest":
    """What the paths define; raises `Refused` with every error of it."""
    from catalog.domain.errors import Refused
    from catalog.metrics import read_semantic_manifest
    from catalog.metrics.validation import validate

    manifest = read_semantic_manifest(given.paths)
    if faults := [one for one in validate(manifest) if one.blocks]:
        raise Refused("The definitions have errors.", findings=faults)
    return manifest
