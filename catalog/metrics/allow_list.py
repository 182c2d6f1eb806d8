"""What may stand in an expression that people write: nothing reaches an engine that is not named here.

Expressions are read with DuckDB's meaning (`a / 0` is null, `/` never cuts) and regenerated for each engine.
Every function is deterministic, pure and works on one row; aggregation is declared by the measure.
"""

from typing import Final

from sqlglot import exp

MAX_CHARACTERS: Final = 4_000
MAX_TOKENS: Final = 1_200
MAX_DEPTH: Final = 48

STRUCTURE: Final = (
    exp.Boolean, exp.Column, exp.DataType, exp.DataTypeParam, exp.Escape, exp.Identifier, exp.If,
    exp.Interval, exp.IntervalSpan, exp.Literal, exp.Null, exp.Paren, exp.Tuple, exp.Var,
)  # fmt: skip
OPERATORS: Final = (
    exp.Add, exp.And, exp.Between, exp.Case, exp.DPipe, exp.Div, exp.EQ, exp.GT, exp.GTE, exp.ILike, exp.In,
    exp.IntDiv, exp.Is, exp.LT, exp.LTE, exp.Like, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Sub,
)  # fmt: skip
FUNCTIONS: Final = (
    exp.Abs, exp.Cast, exp.Ceil, exp.Coalesce, exp.Concat, exp.Date, exp.DateDiff, exp.DateTrunc, exp.Exp,
    exp.Extract, exp.Floor, exp.Greatest, exp.Least, exp.Left, exp.Length, exp.Ln, exp.Lower, exp.Month,
    exp.Nullif, exp.Pow, exp.Quarter, exp.Replace, exp.Right, exp.Round, exp.Sign, exp.Sqrt,
    exp.StartsWith, exp.Substring, exp.TimestampTrunc, exp.Trim, exp.TryCast, exp.Upper, exp.Year,
)  # fmt: skip
NODES: Final[frozenset[type[exp.Expr]]] = frozenset({*STRUCTURE, *OPERATORS, *FUNCTIONS})

TYPES: Final = frozenset(
    {
        exp.DType.BIGINT, exp.DType.BOOLEAN, exp.DType.DATE, exp.DType.DECIMAL, exp.DType.DOUBLE,
        exp.DType.FLOAT, exp.DType.INT, exp.DType.SMALLINT, exp.DType.TEXT, exp.DType.TIME,
        exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ, exp.DType.TINYINT,
        exp.DType.VARCHAR,
    }
)  # fmt: skip
UNITS: Final = frozenset(
    {
        "MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR",
        "DOW", "DOY", "ISODOW", "EPOCH",
    }
)  # fmt: skip
