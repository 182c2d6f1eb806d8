"""GraphQL over HTTP by its specification, POST only: bytes in, bytes out, status by its rules."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import strawberry
from anyio.to_thread import run_sync
from fastapi import Request, Response
from graphql import GraphQLError

from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import CatalogError, UsageError
from catalog.serving.authentication import authenticate
from catalog.serving.disconnection import cancelled_when_gone
from catalog.serving.errors import graphql_error, problem
from catalog.serving.graphql.document import DocumentInvalid, document_reader
from catalog.serving.graphql.limits import Limits
from catalog.serving.graphql.request import RequestContext

RESPONSE_TYPE: Final = "application/graphql-response+json"
JSON_TYPE: Final = "application/json"
MAX_BODY_BYTES: Final = 256 * 1024
_MAX_VARIABLE_DEPTH: Final = 50


class UnsupportedMediaType(UsageError):
    """The body must be sent as application/json in UTF-8."""

    status = 415


class BodyTooLarge(UsageError):
    """The request body is larger than 256 kB."""

    status = 413


class NotAcceptable(UsageError):
    """The answer comes as application/graphql-response+json or application/json only."""

    status = 406


@dataclass(frozen=True, slots=True)
class _Operation:
    query: str
    variables: dict[str, Any] | None
    name: str | None


def graphql_endpoint(schema: strawberry.Schema, services: Services) -> Callable[[Request], Any]:
    """The handler of `POST /graphql`: who asks, what, and the answer, all in one worker thread."""
    read = document_reader(schema._schema, Limits())

    def executed(
        operation: _Operation, actor: Actor, request_id: str, cancellation: Cancellation
    ) -> tuple[int, dict[str, Any]]:
        try:
            document = read(operation.query, operation.variables)
        except DocumentInvalid as error:
            return 400, {"errors": [graphql_error(one, request_id) for one in error.errors]}
        result = schema.execute_sync(
            operation.query,
            variable_values=operation.variables,
            operation_name=operation.name,
            context_value=RequestContext(services, actor, document, request_id, cancellation),
        )
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = [graphql_error(one, request_id) for one in result.errors]
        if result.data is None and _is_request_error(result.errors):
            return 400, answer
        return 200, {**answer, "data": result.data}

    def answered(
        request: Request, body: bytes, media_type: str, request_id: str, cancellation: Cancellation
    ) -> Response:
        actor = authenticate(request.headers.get("authorization"), services)
        status, answer = executed(_operation(request, body), actor, request_id, cancellation)
        if status == 400 and media_type == JSON_TYPE:
            status = 200  # the older media type answers every well-formed request with 200
        return _response(status, answer, media_type, request_id)

    async def handle(request: Request) -> Response:
        request_id = secrets.token_hex(8)
        media_type = JSON_TYPE
        try:
            media_type = _negotiated(request.headers.get("accept"))
            body = await _body(request)
            async with cancelled_when_gone(request) as cancellation:
                return await run_sync(answered, request, body, media_type, request_id, cancellation)
        except CatalogError as error:
            status, told = error.status, problem(error, request_id)
            answer = {"errors": [{"message": told.pop("message"), "extensions": told}]}
        except Exception as error:  # noqa: BLE001  # law: the edge of a request masks the unexpected
            status = 500
            answer = {"errors": [graphql_error(GraphQLError("", original_error=error), request_id)]}
        return _response(status, answer, media_type, request_id)

    return handle


def _is_request_error(errors: list[GraphQLError] | None) -> bool:
    return bool(errors) and all(error.path is None for error in errors or ())


def _response(status: int, answer: Mapping[str, Any], media_type: str, request_id: str) -> Response:
    headers = {"x-request-id": request_id, "cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status in {429, 503}:
        headers["retry-after"] = "1"
    return Response(orjson.dumps(answer, default=str), status, headers, f"{media_type}; charset=utf-8")


def _negotiated(accept: str | None) -> str:
    """The media type of the answer: the newer one unless only the older one is asked for."""
    offered = [part.split(";")[0].strip() for part in (accept or "*/*").lower().split(",")]
    if RESPONSE_TYPE in offered:
        return RESPONSE_TYPE
    if {JSON_TYPE, "application/*", "*/*"} & set(offered):
        return JSON_TYPE
    raise NotAcceptable


async def _body(request: Request) -> bytes:
    """The body, refused while it arrives once it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return bytes(body)


def _operation(request: Request, body: bytes) -> _Operation:
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if kind.strip() != JSON_TYPE or charset not in {"", "utf-8"}:
        raise UnsupportedMediaType
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UsageError("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise UsageError("The body must be one JSON object; batches are not served.")
    query, variables, name = content.get("query"), content.get("variables"), content.get("operationName")
    if not isinstance(query, str):
        raise UsageError("`query` must be text.")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise UsageError("`variables` must be an object and `operationName` text, where given.")
    if not isinstance(content.get("extensions"), dict | None):
        raise UsageError("`extensions` must be an object, where given.")
    if _deeper_than(variables, _MAX_VARIABLE_DEPTH):
        raise UsageError(f"`variables` nest deeper than {_MAX_VARIABLE_DEPTH}.")
    return _Operation(query, variables, name)


def _deeper_than(value: object, levels: int) -> bool:
    layer: list[object] = [value]
    for _ in range(levels):
        layer = [
            item
            for one in layer
            if isinstance(one, dict | list)
            for item in (one.values() if isinstance(one, dict) else one)
        ]
        if not layer:
            return False
    return True
