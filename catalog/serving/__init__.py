"""Doors: GraphQL and HTTP."""
