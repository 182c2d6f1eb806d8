"""`concord metrics build`: pre-aggregations, built from the data as it is."""

from argparse import ArgumentParser, Namespace
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted
from catalog.config import Settings


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics build [METRIC …]`."""
    parser = add_command(
        commands,
        shared,
        "build",
        run,
        help="build the pre-aggregations that published metrics declare; what is fresh stays",
        examples=["concord metrics build", "concord metrics build sales.revenue"],
    )
    parser.add_argument("metrics", nargs="*", help="metrics; all of your domains where none is named")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when everything is fresh."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.serving.metric_read.building import build_rollups

    told = []
    with Services(settings) as services:
        for one in build_rollups(given.metrics, acting(services), services):
            told.append(
                {"name": one.name, "rows": one.rows, "fresh": one.was_fresh, "inexact": list(one.inexact)}
            )
            state = "was fresh" if one.was_fresh else "built"
            output.line(f"{one.name} {state}: {counted(one.rows, 'row')}", "green")
            for name in one.inexact:
                output.line(
                    f"    {name} is not answered from it: sums of floating point numbers depend on their order",
                    "yellow",
                )
    output.document({"rollups": told})
    if not told:
        output.line("No published metric of your domains declares pre_aggregations.", "yellow")
    return 0
