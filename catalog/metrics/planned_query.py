"""A query that has been planned."""

from dataclasses import dataclass

from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """A plan with the names of its output columns, group-by items first, and the values that it binds."""

    plan: Node
    columns: tuple[str, ...]
    parameters: tuple[object, ...]
