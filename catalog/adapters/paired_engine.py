"""Two policy engines over every view: the first answers, the second is to find the same.

Where they differ, somebody is told, and from then on the bundle is OPA's to judge: it is the reference.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from catalog.domain.errors import BundleInvalid, PolicyUnavailable
from catalog.manifests.digest import canonical_json
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Violation
from catalog.policy.ports import PolicyEngine

log = logging.getLogger("catalog.policy")

Answers = Sequence[Sequence[Violation]]
Told = Callable[[str, str, str, int], None]


class PairedEngine:
    """A `PolicyEngine` of two; `differ` is told the revision, both engines, and how many views they differ about.

    The deadline holds for each of the two. A second engine that gives no answer is logged and changes nothing;
    a pinned bundle is judged by OPA alone until the process ends.
    """

    def __init__(self, first: PolicyEngine, second: PolicyEngine, differ: Told) -> None:
        self._engines = (first, second)
        self._differ = differ
        self._pinned: dict[str, PolicyEngine] = {}
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """The engine that answers."""
        return self._engines[0].version

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> Answers:
        """The first engine's violations, or OPA's where the two were seen to differ."""
        first, second = self._engines
        pinned = self._pinned.get(bundle.revision)
        if pinned is not None:
            return pinned.evaluate(bundle, views, deadline_seconds=deadline_seconds)
        found = first.evaluate(bundle, views, deadline_seconds=deadline_seconds)
        try:
            beside = second.evaluate(bundle, views, deadline_seconds=deadline_seconds)
        except (PolicyUnavailable, BundleInvalid) as error:
            log.warning("%s gave no answer beside %s: %s", second.version, first.version, error.message)
            return found
        number = sum(_plain(one) != _plain(other) for one, other in zip(found, beside, strict=True))
        if not number:
            return found
        return self._pin(bundle, number, found, beside)

    def close(self) -> None:
        """End both."""
        for engine in self._engines:
            engine.close()

    def _pin(self, bundle: Bundle, number: int, found: Answers, beside: Answers) -> Answers:
        first, second = self._engines
        is_first = first.version.startswith("opa")
        with self._lock:
            news = bundle.revision not in self._pinned
            self._pinned[bundle.revision] = first if is_first else second
        if news:
            log.error(
                "%s and %s differ about %d views under %s; OPA judges it from now on",
                first.version,
                second.version,
                number,
                bundle.revision,
            )
            self._differ(bundle.revision, first.version, second.version, number)
        return found if is_first else beside


def _plain(answer: Sequence[Violation]) -> list[bytes]:
    return sorted({canonical_json([one.id, one.path, one.args]) for one in answer})
