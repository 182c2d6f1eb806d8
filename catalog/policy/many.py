"""Many views before one bundle: a few questions to the engine instead of one for each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from catalog.domain.errors import BundleInvalid, CatalogError, PolicyUnavailable, RuleFailed
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Violation
from catalog.policy.ports import PolicyEngine
from catalog.policy.projection import shown

Answer = Sequence[Violation] | CatalogError

_BATCH: Final = 32


def evaluate_many(
    views: Iterable[Mapping[str, Any]], bundle: Bundle, engine: PolicyEngine, *, deadline_seconds: float
) -> Iterator[Answer]:
    """The violations of each view, in order, or what kept the engine from answering.

    The engine is shown the parts of a view that the rules read. A view that cannot be evaluated does not take its
    neighbours along. Once a whole batch got no answer, the engine is not asked again. The deadline holds for one
    question; a bundle without rules asks none.
    """
    down: CatalogError | None = None
    waiting = iter(views)
    while batch := tuple(islice(waiting, _BATCH)):
        if not bundle.rules:
            yield from ([] for _ in batch)
            continue
        asked = [shown(bundle, view) for view in batch]
        answers = [down] * len(batch) if down else _asked(asked, bundle, engine, deadline_seconds)
        first = answers[0]
        if isinstance(first, CatalogError) and all(map(_is_silence, answers)):
            down = first
        yield from answers


def _is_silence(answer: Answer) -> bool:
    """Whether the engine itself did not answer; where a rule failed, it did."""
    return isinstance(answer, CatalogError) and not isinstance(answer, RuleFailed)


def _asked(
    batch: Sequence[Mapping[str, Any]], bundle: Bundle, engine: PolicyEngine, deadline_seconds: float
) -> Sequence[Answer]:
    try:
        return engine.evaluate(bundle, batch, deadline_seconds=deadline_seconds)
    except (PolicyUnavailable, BundleInvalid) as error:
        if len(batch) == 1:
            return [error]
        return [_asked([view], bundle, engine, deadline_seconds)[0] for view in batch]
