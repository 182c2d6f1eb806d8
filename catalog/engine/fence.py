"""The fence: a child process that runs one query after another, and nothing else.

It starts with an empty environment, behind the walls of `walls`, within the limits of `limit`; it hears only
its parent, over one socket on file descriptor 0, and ends when the parent hangs up.
"""

import json
import sys
from collections import deque
from multiprocessing.connection import Connection
from typing import Any, Final

from catalog.domain.finding_code import FindingCode
from catalog.domain.sql_engine import SqlQuery
from catalog.engine.duckdb import Session, SessionFault
from catalog.engine.limit import Limits, cpu_seconds, limit_resources, resident_mb
from catalog.engine.statement import examine, place_at
from catalog.engine.wire import read_query, write_finding

_MOST_NESTED: Final = 10_000
_FINDINGS: Final = 100
_RESERVE: Final = 3
_CODES: Final = {
    "data": FindingCode.DATA_UNREADABLE,
    "query": FindingCode.SQL_INVALID,
    "syntax": FindingCode.SQL_SYNTAX,
}


def serve(walls: tuple[str, ...]) -> None:
    """Answer queries until the parent hangs up; `sys.argv` carries the limits."""
    limits = Limits(*map(int, sys.argv[1:]))
    sys.setrecursionlimit(_MOST_NESTED)
    reserve = deque(Session(limits) for _ in range(_RESERVE))
    _touch(reserve.popleft())
    limit_resources(limits)
    parent: Connection[bytes, bytes] = Connection(0)
    parent.send_bytes(json.dumps({"walls": ["resources", *walls], **_usage()}).encode())
    while True:
        while len(reserve) < _RESERVE and not (reserve and parent.poll()):
            reserve.append(Session(limits))  # opening costs more than a small query: done while nobody waits
        try:
            request = parent.recv_bytes()
        except EOFError:
            return
        session = reserve.popleft()
        reply, rows = answer(read_query(request), session)
        parent.send_bytes(json.dumps(reply | _usage()).encode())
        if rows is not None:
            parent.send_bytes(rows)
        session.close()


def answer(query: SqlQuery, session: Session) -> tuple[dict[str, Any], bytes | None]:
    """The header of the reply, and the rows where there are any."""
    try:
        faults = examine(query.sql, session.tree(query.sql), (one.name for one in query.datasets))
        if faults:
            return {"refused": [write_finding(one) for one in faults[:_FINDINGS]]}, None
        session.show(query.datasets)
        found = session.run(query.sql, query.parameters, query.row_limit)
    except RecursionError:
        code = FindingCode.SQL_CONSTRUCT_REFUSED
        deep = code.found("The SQL is nested too deeply.", remedy="Split it up with WITH.")
        return {"refused": [write_finding(deep)]}, None
    except SessionFault as fault:
        return _failed(query, fault), None
    return {"columns": found.columns, "truncated": found.truncated}, found.arrow_ipc


def _failed(query: SqlQuery, fault: SessionFault) -> dict[str, Any]:
    if fault.kind == "memory":
        return {"memory": True, "detail": fault.detail}
    code = _CODES[fault.kind]
    place = place_at(query.sql.encode(), fault.offset)
    finding = code.at(place, code.value, remedy="Ask the data's owner, who sees the engine's own words.")
    return {"failed": write_finding(finding), "detail": fault.detail}


def _usage() -> dict[str, Any]:
    return {"resident_mb": resident_mb(), "cpu_seconds": cpu_seconds()}


def _touch(session: Session) -> None:
    """Use once what every query needs, so that memory is counted from there."""
    session.run("SELECT 1", (), 1)
    session.close()
