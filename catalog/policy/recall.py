"""What follows from the parts of a bundle is worked out once, for as long as these parts are in use."""

from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar

_Result = TypeVar("_Result")
_BOUND: Final = 256


class Recall(Generic[_Result]):
    """Results by the identity of things that never change, with a key beside them; safe to use from many threads.

    The things are held with the result, so that no other can take their identity. When full, it forgets all.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[int, ...], Hashable], tuple[tuple[Any, ...], _Result]] = {}

    def of(self, things: tuple[Any, ...], key: Hashable, make: Callable[[], _Result]) -> _Result:
        """The result of `make`, which depends on nothing but the things and the key."""
        name = tuple(map(id, things)), key
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _BOUND:
                self._known.clear()
            known = self._known[name] = things, make()
        return known[1]
