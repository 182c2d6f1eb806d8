"""`concord metrics reconcile`: one name asked of every team, and why the numbers differ."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.domain.settlement import Settlement
    from catalog.publishing.reconciliation.by_dimension import ByDimension
    from catalog.publishing.reconciliation.causes import RowCause
    from catalog.publishing.reconciliation.reconcile import Comparisons, Reconciliation


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics reconcile NAME`."""
    parser = add_command(
        commands,
        shared,
        "reconcile",
        run,
        help="ask every team for a metric: their numbers on the same data, and why they differ",
        examples=[
            "concord metrics reconcile gmv",
            "concord metrics reconcile gmv --by status",
            "concord metrics reconcile gmv --output json",
        ],
    )
    parser.add_argument("name", help="the name, without a domain")
    parser.add_argument("--by", default="", metavar="DIM", help="a dimension, as status or order__status")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 where all teams mean the same or the name is settled, 1 where they differ and nobody has decided."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.serving.metric_reconciliation import reconcile_metric

    with Services(settings) as services:
        tell = output.progress("reconciling")
        found = reconcile_metric(given.name, acting(services), services, by=given.by, progress=tell)
        output.progress_done()
    output.document(reconciliation_json(found))
    tell_reconciliation(found, output)
    return 0 if found.agrees or found.settlement else 1


def tell_reconciliation(found: "Reconciliation", output: Output, indent: str = "") -> None:
    """The whole answer in lines for people."""
    header = [f"{indent}metric", "status", "number", "what it says"]
    rows = [
        (f"{indent}{one.who}", one.status.value, amount(one.value) if not one.reason else "-", one.says)
        for one in found.teams
    ]
    output.table(header, rows)
    for one in (one for one in found.teams if one.reason):
        output.line(f"{indent}{one.who} has no number: {one.reason}", "yellow")
    if found.spread is not None:
        relative = f", {found.relative:.1%} of the greatest" if found.relative is not None else ""
        output.line(f"{indent}spread {amount(found.spread)}{relative}", "bold")
    for each in found.comparisons:
        _tell_comparison(each, output, indent)
    for dimension in found.dimensions:
        _tell_dimension(dimension, found, output, indent)
    if found.left_out:
        output.line(f"{indent}{found.left_out} further definitions are not shown", "yellow")
    if found.settlement or not found.agrees:
        output.line(f"{indent}{settlement_words(found.settlement, found.name)}", "bold")


def settlement_words(settled: "Settlement | None", name: str) -> str:
    """Who settled the name, or that nobody has."""
    if settled is None:
        return f"nobody has settled what {name} stands for; `concord metrics settle` does, for the executive sponsor"
    others = ", ".join(f"{key.qualified_name}: {fate}" for key, fate in settled.others)
    return (
        f"{name} is {settled.canonical.qualified_name}, settled by {settled.settled_by} on "
        f"{settled.settled_at:%Y-%m-%d}: {settled.reason}{f' ({others})' if others else ''}"
    )


def amount(value: float | None) -> str:
    """A number as people read it."""
    if value is None:
        return "nothing"
    return f"{value:,.2f}".removesuffix(".00")


def _tell_comparison(each: "Comparisons", output: Output, indent: str) -> None:
    compared = each.comparison
    if compared.same:
        output.line(f"{indent}{compared.one} and {compared.other} mean the same. {compared.caveat}".rstrip())
    for sentence in compared.sentences:
        output.line(f"{indent}- {sentence}")
    for cause in each.causes:
        output.line(f"{indent}    {cause.rows:,} rows of {cause.relation}: {cause.kind}{_amounts(cause)}")
        for sample in cause.samples[:2]:
            shown = ", ".join(f"{name} {value}" for name, value in sample.items())
            output.line(f"{indent}        as {shown}", "grey")
        if cause.reason:
            output.line(f"{indent}        not shown: {cause.reason}", "yellow")
    if each.reason:
        output.line(f"{indent}    the rows could not be counted: {each.reason}", "yellow")


def _amounts(cause: "RowCause") -> str:
    if cause.one is None and cause.other is None:
        return ""
    return f" ({amount(cause.one or 0.0)} against {amount(cause.other or 0.0)})"


def _tell_dimension(dimension: "ByDimension", found: "Reconciliation", output: Output, indent: str) -> None:
    if dimension.reason:
        output.line(f"{indent}by {dimension.dimension}: {dimension.reason}", "yellow")
        return
    header = [f"{indent}by {dimension.dimension}", *found.grouped, "spread"]
    output.table(
        header,
        [(f"{indent}{one.group}", *map(amount, one.values), amount(one.spread)) for one in dimension.groups],
    )


def reconciliation_json(found: "Reconciliation") -> dict[str, Any]:
    """The whole answer for programs."""
    return {
        "name": found.name,
        "agrees": found.agrees,
        "spread": found.spread,
        "relative": found.relative,
        "measuredAt": found.measured_at,
        "data": dict(found.data),
        "leftOut": found.left_out,
        "grouped": found.grouped,
        "settlement": settlement_json(found.settlement) if found.settlement else None,
        "teams": [
            {
                "metric": str(one.key),
                "version": one.version,
                "status": one.status.value,
                "definitionDigest": one.definition_digest,
                "owner": one.owner,
                "says": one.says,
                "value": one.value,
                "reason": one.reason,
            }
            for one in found.teams
        ],
        "comparisons": [_comparison_json(one) for one in found.comparisons],
        "dimensions": [
            {
                "dimension": one.dimension,
                "reason": one.reason,
                "total": one.total,
                "groups": [
                    {"group": each.group, "values": each.values, "spread": each.spread} for each in one.groups
                ],
            }
            for one in found.dimensions
        ],
    }


def settlement_json(settled: "Settlement") -> dict[str, Any]:
    """A decision on a name for programs."""
    return {
        "name": settled.name,
        "canonical": str(settled.canonical),
        "definitionDigest": settled.definition_digest,
        "others": {str(key): fate.value for key, fate in settled.others},
        "reason": settled.reason,
        "settledAt": settled.settled_at,
        "settledBy": settled.settled_by,
    }


def _comparison_json(one: "Comparisons") -> dict[str, Any]:
    compared = one.comparison
    return {
        "one": compared.one,
        "other": compared.other,
        "same": compared.same,
        "caveat": compared.caveat,
        "differences": [
            {"part": each.part, "one": each.one, "other": each.other, "sentence": sentence}
            for each, sentence in zip(compared.differences, compared.sentences, strict=True)
        ],
        "causes": [
            {
                "relation": each.relation,
                "kind": each.kind,
                "rows": each.rows,
                "one": each.one,
                "other": each.other,
                "samples": each.samples,
                "reason": each.reason,
            }
            for each in one.causes
        ],
        "reason": one.reason,
    }
