"""Trino."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.generators.trino import TrinoGenerator

from catalog.metrics.dialects import rules
from catalog.metrics.dialects.dialect import Dialect, Writer
from catalog.metrics.dialects.hashed import Hashed, hashed
from catalog.metrics.dialects.percentile import Percentile, estimated
from catalog.metrics.dialects.times import Times, call, number, remainder, text

_PARTS: Final = {
    "YEAR": "YEAR", "QUARTER": "QUARTER", "MONTH": "MONTH", "WEEK": "WEEK", "DAY": "DAY", "HOUR": "HOUR",
    "MINUTE": "MINUTE", "SECOND": "SECOND", "ISODOW": "DAY_OF_WEEK", "DOY": "DAY_OF_YEAR",
}  # fmt: skip
_UNITS: Final = frozenset(
    {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND"}
)


def _wall_clock(time: exp.Expr) -> exp.Expr:
    """With microseconds: a TIMESTAMP that says nothing has milliseconds, and would round."""
    return exp.cast(time, exp.DType.TIMESTAMP)


def _truncated(time: exp.Expr, name: str) -> exp.Expr | None:
    return call("DATE_TRUNC", text(name.lower()), _wall_clock(time)) if name in _UNITS else None


def _part(time: exp.Expr, part: str) -> exp.Expr | None:
    if part == "DOW":
        return remainder(call("DAY_OF_WEEK", time), 7)
    return call(_PARTS[part], _wall_clock(time)) if part in _PARTS else None


def _moved(time: exp.Expr, count: int, name: str) -> exp.Expr | None:
    return call("DATE_ADD", text(name.lower()), number(count), _wall_clock(time)) if name in _UNITS else None


def _apart(first: exp.Expr, last: exp.Expr, name: str) -> exp.Expr | None:
    """It counts full units, which between truncated times are boundaries."""
    ends = [_truncated(one, name) for one in (first, last)]
    return call("DATE_DIFF", text(name.lower()), *(one for one in ends if one)) if name in _UNITS else None


def _type(writer: TrinoGenerator, node: exp.DataType) -> str:
    return "TIMESTAMP(6)" if node.this is exp.DType.TIMESTAMP else TrinoGenerator.datatype_sql(writer, node)


def _left(writer: Writer, node: exp.Left) -> str:
    rules.slice_only(writer, node)
    return writer.func("SUBSTR", node.this, number(1), node.expression)


def _fingerprint(value: exp.Expr) -> exp.Expr:
    """Its hashes are of bytes, and bytes themselves."""
    said = call("TO_UTF8", exp.cast(value, exp.DType.TEXT))
    return call("FROM_BIG_ENDIAN_64", call("XXHASH64", said))


def _right(writer: Writer, node: exp.Right) -> str:
    """From the start where the text is shorter."""
    rules.slice_only(writer, node)
    length = call("LENGTH", node.this.copy())
    start = call(
        "GREATEST", exp.Sub(this=length, expression=number(int(node.expression.name) - 1)), number(1)
    )
    return writer.func("SUBSTR", node.this, start)


class _Writer(Writer, TrinoGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **TrinoGenerator.TRANSFORMS,
        **rules.COMMON,
        **Times(_truncated, _part, _moved, _apart).rules(),
        exp.Avg: rules.averaged,
        exp.Cast: rules.checked(TrinoGenerator.cast_sql),
        exp.DataType: _type,
        exp.Date: lambda self, node: self.sql(exp.cast(node.this, exp.DType.DATE)),
        exp.Greatest: rules.greatest_of_known("GREATEST"),
        exp.ILike: rules.matched_in_lower_case,
        exp.Is: rules.truth,
        exp.Least: rules.greatest_of_known("LEAST"),
        exp.Left: _left,
        exp.Right: _right,
        exp.Substring: rules.sliced("SUBSTR"),
        exp.Trim: rules.spaces_of,
        exp.TryCast: rules.checked(TrinoGenerator.trycast_sql),
        Hashed: hashed(_fingerprint),
        Percentile: estimated("trino", lambda value, share: call("APPROX_PERCENTILE", value, share)),
    }


TRINO: Final = Dialect("trino", Trino(), _Writer, longest_name=1_024)
