"""BigQuery: times are read as DATETIME, those with a zone at UTC."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.generators.bigquery import BigQueryGenerator

from catalog.metrics.dialects import rules
from catalog.metrics.dialects.dialect import Dialect, Writer, refused
from catalog.metrics.dialects.hashed import Hashed, hashed, of_text
from catalog.metrics.dialects.percentile import Percentile, estimated
from catalog.metrics.dialects.times import Times, call, less, number, plus, remainder, unit

_PARTS: Final = {
    "YEAR": "YEAR", "QUARTER": "QUARTER", "MONTH": "MONTH", "WEEK": "ISOWEEK", "DAY": "DAY", "HOUR": "HOUR",
    "MINUTE": "MINUTE", "SECOND": "SECOND", "DOY": "DAYOFYEAR",
}  # fmt: skip
_BUCKETS: Final = 1_000
_MOST_SCALE: Final = 9
_COMPARED: Final = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


class _Piece(exp.Expression):
    """A piece of syntax: `this` between words."""

    arg_types = {"this": True, "before": False, "between": False, "expression": False, "after": False}  # noqa: RUF012


def _wall_clock(time: exp.Expr) -> exp.Expr:
    return exp.cast(time, exp.DType.DATETIME)


def _truncated(time: exp.Expr, name: str) -> exp.Expr:
    return call("DATETIME_TRUNC", _wall_clock(time), unit("ISOWEEK" if name == "WEEK" else name))


def _part(time: exp.Expr, part: str) -> exp.Expr | None:
    """Its own days of the week are 1 to 7 from Sunday."""
    day = _Piece(
        before="EXTRACT(", this=unit("DAYOFWEEK"), between=" FROM ", expression=_wall_clock(time), after=")"
    )
    if part == "DOW":
        return less(day, number(1))
    if part == "ISODOW":
        return plus(remainder(plus(day, number(5)), 7), number(1))
    if part not in _PARTS:
        return None
    day.set("this", unit(_PARTS[part]))
    return day


def _moved(time: exp.Expr, count: int, name: str) -> exp.Expr:
    interval = _Piece(before="INTERVAL ", this=number(count), between=" ", expression=unit(name))
    return call("DATETIME_ADD", _wall_clock(time), interval)


def _apart(first: exp.Expr, last: exp.Expr, name: str) -> exp.Expr:
    return call("DATETIME_DIFF", _wall_clock(last), _wall_clock(first), unit(name))


def _quantile(value: exp.Expr, share: exp.Expr) -> exp.Expr:
    place = number(round(float(share.name) * _BUCKETS))
    return _Piece(
        this=call("APPROX_QUANTILES", value, number(_BUCKETS)),
        between="[OFFSET(",
        expression=place,
        after=")]",
    )


def _piece(writer: Writer, node: _Piece) -> str:
    words = (node.args.get(name) for name in ("before", "this", "between", "expression", "after"))
    return "".join(one if isinstance(one, str) else writer.sql(one) for one in words if one is not None)


def _cast(writer: BigQueryGenerator, node: exp.Cast) -> str:
    """A moment beside a time is plain text, which becomes a date, a time or a time with zone as that one is."""
    kind, moment = node.to, node.this
    if kind.this is exp.DType.TIMESTAMP and isinstance(node.parent, _COMPARED):
        said = writer.sql(moment) if isinstance(moment, exp.Literal | exp.Parameter) else ""
        if said:
            return f"{said.removesuffix(_MIDNIGHT)}'" if said.endswith(_MIDNIGHT) else said
    if kind.this is exp.DType.DECIMAL:
        return _decimal(writer, node)
    return BigQueryGenerator.cast_sql(writer, node)


def _decimal(writer: BigQueryGenerator, node: exp.Cast) -> str:
    """NUMERIC has 9 digits after the point, so that fewer are rounded."""
    sizes = [int(one.name) for one in node.to.expressions] or [18, 3]
    scale = sizes[1] if len(sizes) > 1 else 0
    if scale > _MOST_SCALE or sizes[0] - scale > 29:
        raise refused("bigquery", f"NUMERIC has no {sizes[0]} digits with {scale} after the point")
    return f"ROUND(CAST({writer.sql(node.this)} AS NUMERIC), {scale})"


_MIDNIGHT: Final = " 00:00:00'"


class _Writer(Writer, BigQueryGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **BigQueryGenerator.TRANSFORMS,
        **rules.COMMON,
        **Times(_truncated, _part, _moved, _apart).rules(),
        exp.Avg: rules.averaged,
        exp.Cast: rules.checked(_cast),
        exp.Date: lambda self, node: self.sql(exp.cast(node.this, exp.DType.DATE)),
        exp.Escape: rules.refusing("LIKE has no ESCAPE", "Write a pattern without it."),
        exp.Filter: rules.conditional,
        exp.Greatest: rules.greatest_of_known("GREATEST"),
        exp.ILike: rules.matched_in_lower_case,
        exp.Least: rules.greatest_of_known("LEAST"),
        exp.Left: rules.sliced("LEFT"),
        exp.Like: rules.matched,
        exp.Right: rules.sliced("RIGHT"),
        exp.Substring: rules.sliced("SUBSTR"),
        exp.Trim: rules.spaces_only("TRIM"),
        exp.TryCast: rules.checked(BigQueryGenerator.trycast_sql),
        Hashed: hashed(of_text("FARM_FINGERPRINT")),
        Percentile: estimated("bigquery", _quantile),
        _Piece: _piece,
    }


BIGQUERY: Final = Dialect("bigquery", BigQuery(), _Writer, longest_name=300)
