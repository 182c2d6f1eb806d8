"""A policy engine that remembers what rules found: the same rules over the same view are evaluated once.

It keeps violations, never verdicts: grace, waivers and levels are looked at anew at every decision. What rules see of
the time is in the view that they are shown, so that an answer ends with the second or the day that it is about.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from catalog.domain.errors import PolicyUndefined
from catalog.policy.bundle import Bundle
from catalog.policy.ports import PolicyEngine
from catalog.policy.reported import Reported, reported
from catalog.policy.written import written

_Key = tuple[str, str, str]
_MOST: Final = 20_000  # answers and violations in them, some 10 MB


class RememberingEngine:
    """A `PolicyEngine` before another; safe to use from many threads.

    An answer is known by the bundle's revision, the engine's version, and the digest of the view as it is shown.
    What could not be evaluated is asked again.
    """

    def __init__(self, engine: PolicyEngine, *, most: int = _MOST) -> None:
        self._engine = engine
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[_Key, Reported] = OrderedDict()
        self._held = 0

    @property
    def version(self) -> str:
        """The engine that answers what is not known."""
        return self._engine.version

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[Reported]:
        """The violations of each view; the engine is asked for those that are not known, all at once."""
        version = self._engine.version
        keys = [(bundle.revision, version, written(view).digest) for view in views]
        found = self._recalled(keys)
        missing = {key: view for key, view in zip(keys, views, strict=True) if key not in found}
        if missing:
            asked = list(missing.values())
            answers = self._engine.evaluate(bundle, asked, deadline_seconds=deadline_seconds)
            if len(answers) != len(asked):
                raise PolicyUndefined(
                    f"the policy engine gave {len(answers)} answers to {len(asked)} questions"
                )
            news = {key: reported(answer) for key, answer in zip(missing, answers, strict=True)}
            self._remember(news)
            found |= news
        return [found[key] for key in keys]

    def close(self) -> None:
        """End the engine, and forget."""
        self._engine.close()
        with self._lock:
            self._known.clear()
            self._held = 0

    def _recalled(self, keys: Sequence[_Key]) -> dict[_Key, Reported]:
        found = {}
        with self._lock:
            for key in keys:
                answer = self._known.get(key)
                if answer is not None:
                    self._known.move_to_end(key)
                    found[key] = answer
        return found

    def _remember(self, news: Mapping[_Key, Reported]) -> None:
        """Keep the answers, and forget what was longest of no use."""
        with self._lock:
            for key, answer in news.items():
                if key not in self._known:
                    self._known[key] = answer
                    self._held += 1 + len(answer)
            while self._held > self._most:
                self._held -= 1 + len(self._known.popitem(last=False)[1])
