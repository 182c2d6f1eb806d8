"""GraphQL types, one file for each thing that the schema shows."""

# The closed sets must be named before the first type mentions one of them.
from catalog.serving.graphql.types import enumeration as enumeration
