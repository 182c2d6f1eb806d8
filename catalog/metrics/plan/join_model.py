"""Joining another model by an entity."""

from dataclasses import dataclass
from typing import Union

from sqlglot import exp

from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel


@dataclass(frozen=True, slots=True)
class JoinModel(Node):
    """A left outer join in which each row meets at most one; `on` are pairs that must be equal.

    The right side is a model, or one that has met others before. `valid` chooses among rows with validity
    windows; `full` keeps rows of the right side without a partner.
    """

    parent: Node
    right: Union[ReadModel, "JoinModel"]
    entity: str
    on: tuple[tuple[exp.Expr, exp.Expr], ...]
    valid: exp.Expr | None = None
    full: bool = False

    @property
    def parents(self) -> tuple[Node, ...]:
        """The rows so far, and the model they are joined to."""
        return (self.parent, self.right)

    @property
    def model(self) -> ReadModel:
        """The model that is joined, without those that it met before."""
        node: Node = self.right
        while isinstance(node, JoinModel):
            node = node.parent
        assert isinstance(node, ReadModel)
        return node

    @property
    def description(self) -> str:
        """The model, the entity and why no row is repeated."""
        by = " and its partition" if len(self.on) > 1 else ""
        if self.full:
            return f"Join {self.model.model} by {self.entity}{by}, keeping the rows of both sides."
        by += " and the time at which it was valid" if self.valid else ""
        return f"Join {self.model.model} by {self.entity}{by}: at most one row each, rows without one stay."
