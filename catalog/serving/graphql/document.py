"""A GraphQL document on its way to execution: parsed, counted and validated once, then remembered."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from strawberry.extensions import SchemaExtension

from catalog.domain.errors import UsageError
from catalog.domain.finding import Finding
from catalog.serving.graphql.limits import Limits, refuse_costly

_MAX_TOKENS: Final = 2_000
_MAX_COMMENTS: Final = 50
_MAX_SOURCE: Final = 20_000
_REMEMBERED: Final = 512


class QueryTooComplex(UsageError):
    """The document asks for more than one request may."""


class DocumentInvalid(UsageError):
    """The document is not valid against the schema; `errors` are in the form of the specification."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


def document_reader(
    schema: GraphQLSchema, limits: Limits
) -> Callable[[str, Mapping[str, Any] | None], DocumentNode]:
    """A function from source text and variables to a document that may be executed.

    It raises `DocumentInvalid` or `QueryTooComplex`. Documents are remembered by their text, what they cost by
    their text and the numbers among their variables, which may be page sizes.
    """

    @lru_cache(maxsize=_REMEMBERED)
    def parsed(source: str) -> DocumentNode:
        try:
            return parse(
                source,
                max_tokens=_MAX_TOKENS,
                max_comments=_MAX_COMMENTS,
                max_source_length=_MAX_SOURCE,
                allow_empty_selection_sets=False,
            )
        except GraphQLError as error:
            raise DocumentInvalid([error]) from error

    @lru_cache(maxsize=_REMEMBERED)
    def faults(source: str) -> tuple[GraphQLError, ...]:
        return tuple(
            validate(schema, parsed(source), hide_suggestions=True, allow_empty_selection_sets=False)
        )

    @lru_cache(maxsize=_REMEMBERED)
    def costly(source: str, numbers: frozenset[tuple[str, int]]) -> tuple[Finding, ...]:
        return refuse_costly(parsed(source), dict(numbers), limits)

    def read(source: str, variables: Mapping[str, Any] | None) -> DocumentNode:
        document = parsed(source)
        given = (variables or {}).items()
        numbers = frozenset((name, value) for name, value in given if isinstance(value, int))
        if too_much := costly(source, numbers):
            raise QueryTooComplex(findings=too_much)
        if wrong := faults(source):
            raise DocumentInvalid(list(wrong))
        return document

    return read


class ReadDocument(SchemaExtension):
    """Hands the document that was read before to the executor, which then neither parses nor validates."""

    def on_parse(self) -> Iterator[None]:
        """Set the parsed document."""
        self.execution_context.graphql_document = self.execution_context.context.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Say that validation found nothing."""
        self.execution_context.pre_execution_errors = []
        yield
