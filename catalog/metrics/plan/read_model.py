"""Reading a semantic model's relation."""

from dataclasses import dataclass

from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class ReadModel(Node):
    """A relation under an alias, with the only columns that the query needs of it."""

    model: str
    relation: str
    alias: str
    columns: tuple[str, ...]

    @property
    def parents(self) -> tuple[Node, ...]:
        """None: data comes from here."""
        return ()

    @property
    def description(self) -> str:
        """The model, its relation and the columns."""
        return f"Read {self.model} from {self.relation}: {', '.join(self.columns) or 'no column, only rows'}."
