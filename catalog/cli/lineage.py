"""`concord lineage`: what something is made from, or what is made from it, down to the column."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.domain.lineage import Node
    from catalog.store.projections.lineage import LineageRow

_MOST = 5_000


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord lineage NODE`."""
    parser = add_command(
        commands,
        shared,
        "lineage",
        run,
        help="show what a metric or product is made from, or what is made from it, over all that is served",
        examples=[
            "concord lineage metric:finance.gmv",
            "concord lineage column:sales.orders/orders/amount --downstream",
            "concord lineage data_product:sales.orders --downstream --output json",
            "concord lineage metric:finance.gmv --openlineage",
        ],
    )
    parser.add_argument(
        "node",
        help="metric:DOMAIN.NAME, data_product:DOMAIN.NAME, contract:ID or column:DOMAIN.PRODUCT/OBJECT/COLUMN",
    )
    parser.add_argument(
        "--downstream", action="store_true", help="what is made from it, instead of the reverse"
    )
    parser.add_argument(
        "--version",
        default="",
        help="walk a metric up in this served version instead of the one offered first",
    )
    parser.add_argument(
        "--depth",
        type=int,
        default=0,
        help="how many links far, from 1 to 100; 0, which is the default, for all",
    )
    parser.add_argument(
        "--openlineage", action="store_true", help="write the served metric as an OpenLineage event instead"
    )


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0; something unknown has no lineage, and neither has what may not be seen."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.domain.lineage import Node
    from catalog.store.projections.lineage import Direction, Lineage

    if given.openlineage:
        return _tell_event(given, settings)
    node = Node.parse(given.node)
    direction = Direction.DOWNSTREAM if given.downstream else Direction.UPSTREAM
    with Services(settings) as services:
        found = services.store.read(
            acting(services), Lineage(node, direction, given.version, limit=_MOST + 1, depth=given.depth)
        )
    complete = len(found) <= _MOST and not any(one.truncated for one in found)
    output.document(
        {
            "node": str(node),
            "direction": direction.value,
            "links": [_link(one) for one in found[:_MOST]],
            "complete": complete,
        }
    )
    _tell(node, found[:_MOST], given.downstream, output)
    if not complete:
        told = f"There is more than these {min(len(found), _MOST)} links: walk on from one of them, or less deep."
        output.line(told, "yellow")
    return 0


def _tell_event(given: Namespace, settings: Settings) -> int:
    """One JSON document in either form of output: it is for another program."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting, asset
    from catalog.serving.lineage_event import lineage_event

    with Services(settings) as services:
        event = lineage_event(asset(given.node), acting(services), services)
    print(json.dumps(event, indent=2))
    return 0


def _tell(node: "Node", found: "Sequence[LineageRow]", downstream: bool, output: Output) -> None:
    """A tree; what stands in it twice is opened once."""
    following: dict[str, list[LineageRow]] = {}
    for one in found:
        near = one.link.upstream if downstream else one.link.downstream
        following.setdefault(str(near), []).append(one)
    opened: set[str] = set()
    stack = [(str(node), "", 0, True)]
    while stack:
        name, role, depth, decides = stack.pop()
        again = name in opened and name in following
        output.line(f"{'  ' * depth}{name}{role}{' …' if again else ''}", "" if decides else "grey")
        if not again:
            opened.add(name)
            for one in reversed(following.get(name, [])):
                far = one.link.downstream if downstream else one.link.upstream
                stack.append((str(far), f"  {one.link.role}", depth + 1, one.decides))
    if not found:
        output.line("Nothing is known about it among what is served.", "grey")


def _link(one: "LineageRow") -> dict[str, Any]:
    return {
        "downstream": str(one.link.downstream),
        "upstream": str(one.link.upstream),
        "role": one.link.role.value,
        "decides": one.decides,
    }
