"""What crosses the fence: JSON both ways, and the rows of an answer as bytes of their own."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from catalog.domain.dataset import Dataset
from catalog.domain.errors import UsageError
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.sql_engine import SqlQuery

_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {
    bytes: bytes.hex,
    date: date.isoformat,
    datetime: datetime.isoformat,
    Decimal: str,
    time: time.isoformat,
    timedelta: lambda span: str(span // timedelta(microseconds=1)),
    UUID: str,
}
_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "bytes": bytes.fromhex,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "Decimal": Decimal,
    "time": time.fromisoformat,
    "timedelta": lambda text: timedelta(microseconds=int(text)),
    "UUID": UUID,
}


def write_query(query: SqlQuery) -> bytes:
    """The request; raises `UsageError` for a parameter that cannot be bound."""
    datasets = [[one.name, one.format, list(one.files), one.fingerprint] for one in query.datasets]
    request = {
        "sql": query.sql,
        "datasets": datasets,
        "parameters": [_plain(value) for value in query.parameters],
        "row_limit": query.row_limit,
    }
    return json.dumps(request).encode()


def read_query(data: bytes) -> SqlQuery:
    """The request as `write_query` wrote it; the deadline stays with the parent."""
    request = json.loads(data)
    return SqlQuery(
        sql=request["sql"],
        datasets=tuple(
            Dataset(name, kind, tuple(files), pin) for name, kind, files, pin in request["datasets"]
        ),
        parameters=tuple(_value(item) for item in request["parameters"]),
        row_limit=request["row_limit"],
    )


def write_finding(finding: Finding) -> dict[str, Any]:
    """A finding of the child; it knows no file."""
    place = finding.place
    return {"of": [finding.code, finding.message, finding.remedy], "at": [place.line, place.column]}


def read_finding(data: Mapping[str, Any]) -> Finding:
    """The finding as `write_finding` wrote it."""
    code, message, remedy = map(str, data["of"])
    line, column = map(int, data["at"])
    return Finding(code, message, remedy, Level.ERROR, Place(line=line, column=column))


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise UsageError(f"a parameter of type {type(value).__name__} cannot be bound")
    return {type(value).__name__: writer(value)}


def _value(item: Any) -> object:
    if isinstance(item, list):
        return [_value(one) for one in item]
    if isinstance(item, dict):
        ((kind, text),) = item.items()
        return _READERS[kind](text)
    return item
