"""Apache Spark SQL from version 3.4, in its ANSI mode and with UTC as the session's time zone."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

from catalog.metrics.dialects import rules
from catalog.metrics.dialects.dialect import Dialect, Writer, refused
from catalog.metrics.dialects.hashed import Hashed, hashed
from catalog.metrics.dialects.percentile import Percentile
from catalog.metrics.dialects.times import Times, call, less, number, plus, text, unit

_PARTS: Final = {
    "YEAR": "YEAR", "QUARTER": "QUARTER", "MONTH": "MONTH", "WEEK": "WEEKOFYEAR", "DAY": "DAY", "HOUR": "HOUR",
    "MINUTE": "MINUTE", "SECOND": "SECOND", "DOY": "DAYOFYEAR",
}  # fmt: skip


def _wall_clock(time: exp.Expr) -> exp.Expr:
    """Without a zone, so that no night is cut out of spring."""
    return exp.cast(time, exp.DType.TIMESTAMP)


def _truncated(time: exp.Expr, name: str) -> exp.Expr:
    return _wall_clock(call("DATE_TRUNC", text(name), time))


def _part(time: exp.Expr, part: str) -> exp.Expr | None:
    if part == "DOW":
        return less(call("DAYOFWEEK", time), number(1))
    if part == "ISODOW":
        return plus(call("WEEKDAY", time), number(1))
    return call(_PARTS[part], time) if part in _PARTS else None


def _moved(time: exp.Expr, count: int, name: str) -> exp.Expr:
    return call("TIMESTAMPADD", unit(name), number(count), _wall_clock(time))


def _apart(first: exp.Expr, last: exp.Expr, name: str) -> exp.Expr:
    """It counts full units, which between truncated times are boundaries."""
    return call("TIMESTAMPDIFF", unit(name), _truncated(first, name), _truncated(last, name))


def _literal(writer: SparkGenerator, node: exp.Literal) -> str:
    """Spark looks for `${variables}` in texts too, before it reads the statement."""
    found = SparkGenerator.literal_sql(writer, node)
    return found.replace("${", "$\\u007b") if node.is_string else found


def _no_variables(writer: SparkGenerator, node: exp.Identifier) -> str:
    if "${" in node.name:
        raise refused("spark", "a name would be read as a variable")
    return Writer.identifier_sql(writer, node)  # type: ignore[arg-type]  # a writer is both


def _percentile(writer: Writer, node: Percentile) -> str:
    """Exact ones under the names that are not estimates there."""
    if node.args.get("discrete"):
        share, order = writer.sql(node.args["share"]), writer.sql(node.this)
        return f"PERCENTILE_DISC({share}) WITHIN GROUP (ORDER BY {order})"
    return writer.func("PERCENTILE", node.this, node.args["share"])


class _Writer(Writer, SparkGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **SparkGenerator.TRANSFORMS,
        **rules.COMMON,
        **Times(_truncated, _part, _moved, _apart).rules(),
        exp.Avg: rules.averaged,
        exp.Cast: rules.checked(SparkGenerator.cast_sql),
        exp.Date: lambda self, node: self.sql(exp.cast(node.this, exp.DType.DATE)),
        exp.ILike: rules.matched,
        exp.Identifier: _no_variables,
        exp.Left: rules.sliced("LEFT"),
        exp.Like: rules.matched,
        exp.Literal: _literal,
        exp.Ln: rules.refusing("the logarithm of zero is null there", "Ask another engine."),
        exp.NullSafeEQ: lambda self, node: self.binary(node, "<=>"),
        exp.NullSafeNEQ: lambda self, node: f"NOT ({self.binary(node, '<=>')})",
        exp.Right: rules.sliced("RIGHT"),
        exp.Substring: rules.sliced("SUBSTRING"),
        exp.Trim: rules.spaces_of,
        exp.TryCast: rules.checked(SparkGenerator.trycast_sql),
        exp.Window: rules.ordered_window,
        Hashed: hashed(lambda value: call("XXHASH64", value)),
        Percentile: _percentile,
    }


SPARK: Final = Dialect("spark", Spark(), _Writer, null_safe_full_join=True)
