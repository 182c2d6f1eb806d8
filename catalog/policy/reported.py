"""What rules reported of a view, put in order once, however often it is judged."""

from collections.abc import Iterable
from functools import cached_property

from catalog.manifests.digest import canonical_json
from catalog.policy.decision import Violation


class Reported(tuple[Violation, ...]):
    """Violations by rule, path and arguments, each once; made by `reported`."""

    @cached_property
    def rules(self) -> frozenset[str]:
        """The ids of the rules that reported something."""
        return frozenset(one.id for one in self)

    @cached_property
    def judged(self) -> dict[str, object]:
        """What it was judged to be, by the point; for whoever judges it to keep."""
        return {}


def reported(violations: Iterable[Violation]) -> Reported:
    """The violations in order; themselves where they are already."""
    if isinstance(violations, Reported):
        return violations
    placed: dict[tuple[str, str], list[Violation]] = {}
    for one in violations:
        placed.setdefault((one.id, one.path), []).append(one)
    return Reported(one for place in sorted(placed) for one in _different(placed[place]))


def _different(violations: list[Violation]) -> Iterable[Violation]:
    """The last of those with the same arguments, by arguments."""
    if len(violations) == 1:
        return violations
    found = {canonical_json(one.args): one for one in violations}
    return (found[args] for args in sorted(found))
