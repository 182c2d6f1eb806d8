"""Reconciliation of definitions: one name with several meanings, one meaning under several names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.domain.metric import Metric, SemanticManifest
from catalog.manifests.digest import digest_of
from catalog.metrics.definition import Definition, defined, meaning_of
from catalog.metrics.difference import Difference, differences, stated


@dataclass(frozen=True, slots=True)
class Statement:
    """A metric as somebody states it: `who` is `domain.name`, with a version where several are looked at."""

    who: str
    metric: Metric
    manifest: SemanticManifest
    definition: Definition

    @property
    def meaning(self) -> str:
        """Equal for statements that mean the same, however they are written."""
        return digest_of(meaning_of(self.definition.plain))

    @property
    def words(self) -> str:
        """What it says, as `adds up gross_amount of orders where status is not 'cancelled'`."""
        return stated(self.definition)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two statements; `same` where they mean the same, else the differences say why not.

    `caveat` tells that they differ only where nothing is counted.
    """

    one: str
    other: str
    same: bool
    differences: tuple[Difference, ...]
    caveat: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The differences with the names of those who state them."""
        return tuple(
            each.sentence.replace("{one}", self.one).replace("{other}", self.other)
            for each in self.differences
        )


def state(who: str, metric: Metric, manifest: SemanticManifest) -> Statement:
    """The metric with its definition."""
    return Statement(who, metric, manifest, defined(metric, manifest))


def compare(one: Statement, other: Statement) -> Comparison:
    """Whether the two mean the same, and every part in which they do not."""
    found = differences(one.definition, other.definition)
    same = one.meaning == other.meaning
    exact = digest_of(one.definition.plain) == digest_of(other.definition.plain)
    caveat = (
        "They give the same number wherever there is something to count; where there is nothing, "
        "one may say 0 and the other nothing."
    )
    return Comparison(one.who, other.who, same, found, caveat if same and not exact else "")


def duplicates(statements: Iterable[Statement]) -> tuple[tuple[Statement, ...], ...]:
    """Groups of statements that mean the same under different names; definitions nobody can read have none."""
    groups: dict[str, list[Statement]] = {}
    for one in statements:
        if one.definition.leaves:
            groups.setdefault(one.meaning, []).append(one)
    return tuple(tuple(group) for group in groups.values() if _has_names(group))


def _has_names(group: Sequence[Statement]) -> bool:
    return len({one.metric.name.lower() for one in group}) > 1
