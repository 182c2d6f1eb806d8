"""The schema, from which `graphql/schema.graphql` is written."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from catalog.serving.graphql.document import ReadDocument
from catalog.serving.graphql.mutations import Mutation
from catalog.serving.graphql.queries import Query
from catalog.serving.graphql.types.scalar import SCALARS


def _built(*, in_order: bool) -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        extensions=[ReadDocument],
        config=StrawberryConfig(sort_schema=in_order, scalar_map=SCALARS),
    )


# Sorting makes plain enum types, whose values would reach resolvers as text: what is served is not sorted.
schema = _built(in_order=False)


def sdl() -> str:
    """The schema as it is published, in the order of names."""
    return _built(in_order=True).as_str()
