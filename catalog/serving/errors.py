"""How errors leave the house: code, message, findings, request id; never a cause, a path or SQL."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

import orjson
from anyio.to_thread import run_sync
from fastapi import Response
from graphql import GraphQLError

from catalog.domain.errors import CatalogError
from catalog.domain.finding import Finding

log = logging.getLogger("catalog.serving")
_MASKED = "Something failed inside the catalog; the request id finds it in the log."


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as every door shows it."""
    place = finding.place
    return {
        "code": finding.code,
        "level": finding.level.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "field": place.field,
    }


async def answered(answer: Callable[[], Response]) -> Response:
    """What `answer` gives, off the event loop, or the problem that it raises."""
    try:
        return await run_sync(answer)
    except CatalogError as error:
        body = orjson.dumps(problem(error, secrets.token_hex(8)))
        return Response(body, status_code=error.status, media_type="application/json")


def problem(error: CatalogError, request_id: str) -> dict[str, Any]:
    """One error outside GraphQL."""
    return {
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "findings": [finding_json(finding) for finding in error.findings],
        "requestId": request_id,
    }


def graphql_error(error: GraphQLError, request_id: str, *, code: str = "BAD_REQUEST") -> dict[str, Any]:
    """One error of a GraphQL answer, in the form of the specification; the unexpected is masked and logged."""
    formatted: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, CatalogError):
        formatted["message"] = cause.message
        formatted["extensions"] = {
            key: value for key, value in problem(cause, request_id).items() if key != "message"
        }
    elif cause is None or isinstance(cause, GraphQLError):
        formatted["extensions"] = {"code": code, "requestId": request_id}
    else:
        log.error("request %s failed", request_id, exc_info=cause)
        formatted["message"] = _MASKED
        formatted["extensions"] = {"code": "INTERNAL", "requestId": request_id}
    return formatted
