"""One statement over one relation, run once for the same statement over the same data."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from catalog.domain.dataset import Dataset
from catalog.domain.sql_engine import SqlEngine, SqlQuery

_KEPT: Final = 512
_known: OrderedDict[tuple[str, ...], "Measured"] = OrderedDict()
_lock: Final = Lock()


@dataclass(frozen=True, slots=True)
class Measured:
    """The one row of a statement, and the types of its columns, by their names."""

    row: Mapping[str, Any]
    types: Mapping[str, str]


def measured(sql: str, dataset: Dataset, engine: SqlEngine, deadline_seconds: float) -> Measured:
    """The answer; the last few hundred are kept by the data's fingerprint. Raises what the engine raises."""
    key = (sql, dataset.fingerprint, *dataset.files, engine.version)
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    answer = engine.run(SqlQuery(sql, (dataset,), row_limit=1, deadline_seconds=deadline_seconds))
    names = [one.name for one in answer.columns]
    (row,) = answer.rows()
    found = Measured(dict(zip(names, row, strict=True)), {one.name: one.type for one in answer.columns})
    with _lock:
        _known[key] = found
        if len(_known) > _KEPT:
            _known.popitem(last=False)
    return found
