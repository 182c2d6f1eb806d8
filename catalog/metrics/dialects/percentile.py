"""Percentiles: one node for all forms, which each dialect writes as it can."""

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from catalog.metrics.dialects.dialect import Writer, refused


class Percentile(exp.Expression, exp.AggFunc):
    """The `share` quantile of the values of `this`; `approximate` says that an estimate will do."""

    arg_types = {"this": True, "share": True, "discrete": False, "approximate": False}  # noqa: RUF012


def within_group(node: Percentile) -> exp.Expr:
    """The standard's form, which is exact."""
    kind = exp.PercentileDisc if node.args.get("discrete") else exp.PercentileCont
    order = exp.Order(expressions=[exp.Ordered(this=node.this)])
    return exp.WithinGroup(this=kind(this=node.args["share"]), expression=order)


def estimated(
    name: str, tree: Callable[[exp.Expr, exp.Expr], exp.Expr]
) -> Callable[[Writer, Percentile], str]:
    """For dialects that can only estimate: an exact percentile is refused."""

    def written(writer: Writer, node: Percentile) -> str:
        if not node.args.get("approximate"):
            raise refused(name, "it has no exact percentiles by group", _REMEDY)
        return writer.sql(tree(node.this, node.args["share"]))

    return written


_REMEDY: Final = "Declare use_approximate_percentile where an estimate will do."
