"""What every node of a plan can say of itself."""

from abc import ABC, abstractmethod
from collections.abc import Iterator


class Node(ABC):
    """One step; it reads its parents and nothing else."""

    __slots__ = ()

    @property
    @abstractmethod
    def parents(self) -> tuple["Node", ...]:
        """The steps whose rows this one takes, in order."""

    @property
    @abstractmethod
    def description(self) -> str:
        """What the step does, in one sentence."""

    def explain(self) -> str:
        """The step and all before it, one line each, indented below what uses them."""
        return "\n".join(self._lines(0))

    def walk(self) -> Iterator["Node"]:
        """The step and all before it."""
        yield self
        for parent in self.parents:
            yield from parent.walk()

    def _lines(self, depth: int) -> Iterator[str]:
        yield "  " * depth + self.description
        for parent in self.parents:
            yield from parent._lines(depth + 1)
