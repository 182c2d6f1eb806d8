"""Results: Arrow bytes that are decoded only when somebody asks for Python values."""

from dataclasses import dataclass
from typing import Any

from catalog.domain.errors import EngineError
from catalog.domain.sql_engine import ResultColumn


@dataclass(frozen=True, slots=True)
class ArrowResult:
    """What a child sent back; see `SqlResult`."""

    columns: tuple[ResultColumn, ...]
    truncated: bool
    arrow_ipc: bytes

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python values; whole numbers are `int`, decimals `Decimal`, instants aware in UTC.

        Nanoseconds are cut to microseconds. Raises `EngineError` for a value that Python cannot hold, such as
        the date `infinity`.
        """
        import pyarrow as pa  # noqa: PLC0415  # callers who hand the bytes on never load it

        try:
            table = pa.ipc.open_stream(self.arrow_ipc).read_all()
            table.validate(full=True)
            values = [
                _values(pa, kind.type, data) for kind, data in zip(self.columns, table.columns, strict=True)
            ]
        except (pa.ArrowException, ValueError, OverflowError) as error:
            raise EngineError("A value of the answer has no form in Python.") from error
        return list(zip(*values, strict=True))


def _values(pa: Any, engine_type: str, column: Any) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    if engine_type in {"HUGEINT", "UHUGEINT"}:  # every sum of whole numbers; Arrow knows it as a decimal
        return [None if value is None else int(value) for value in values]
    return values
