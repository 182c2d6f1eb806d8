"""The schema, from which `graphql/schema.graphql` is written."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from catalog.serving.graphql.document import ReadDocument
from catalog.serving.graphql.mutations import Mutation
from catalog.serving.graphql.queries import Query
from catalog.serving.graphql.types.scalar import SCALARS

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    extensions=[ReadDocument],
    config=StrawberryConfig(sort_schema=True, scalar_map=SCALARS),
)
