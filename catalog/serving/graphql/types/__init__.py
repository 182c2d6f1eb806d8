"""GraphQL types, one file for each thing that the schema shows."""
