"""Keeping moments without rows: which periods then stand in the result, and which of its groups."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.binding import Parameters, bind_condition
from catalog.metrics.expand import Leaf, ScopedFilter
from catalog.metrics.filter import Condition
from catalog.metrics.linking import Link, link, time_relation
from catalog.metrics.lookup import Lookup
from catalog.metrics.name import Reference
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.fill_time import filled_column
from catalog.metrics.scan import Filled
from catalog.metrics.time_step import StepKind, TimeStep


@dataclass(frozen=True, slots=True)
class Filling:
    """Finds what a leaf needs of its time spine; `full` and `grain` say what the query's references mean."""

    lookup: Lookup
    full: Mapping[Reference, Reference]
    grain: TimeGranularity
    parameters: Parameters

    def of(
        self,
        leaf: Leaf,
        asked: Iterable[Reference],
        groups: tuple[Field, ...],
        limits: Iterable[BoundCondition],
        more: tuple[Field, ...] = (),
    ) -> Filled:
        """The periods of the query's times, and of `more`, within `limits` and the filters by time."""
        assert leaf.spine is not None
        moments = every_moment(leaf)
        meant = (link(self.lookup, moments, self.full[one], self.grain) for one in asked)
        times = [one for one in meant if isinstance(one, Link) and one.is_time]
        conditions, calendars = [*limits], [join for one in times for join in one.spines]
        for scoped in (one for one in leaf.filters if not one.outer):
            for condition in scoped.filter.conditions:
                found = self._looked_at(moments, scoped, condition)
                if found is not None and all(one.is_time for one in found.values()):
                    calendars += [join for one in found.values() for join in one.spines]
                    conditions.append(self._bound(condition, scoped, found))
        periods = tuple({one.name: one for one in (*(each.field for each in times), *more)}.values())
        once = tuple({join.alias: join for join in calendars}.values())
        kept = tuple(self._of_groups(leaf, groups, periods))
        return Filled(periods, leaf.spine, time_relation(0), once, tuple(conditions), kept)

    def _of_groups(
        self, leaf: Leaf, groups: tuple[Field, ...], periods: tuple[Field, ...]
    ) -> Iterator[BoundCondition]:
        """The conditions that are asked of the answer, and that a moment without rows may not satisfy.

        A metric's own filters choose its rows; those of the query and of metrics made of it choose groups too.
        """
        for scoped in leaf.asked_of_groups:
            for condition in scoped.filter.conditions:
                found = self._looked_at(leaf, scoped, condition) or {}
                grouped = all(one.field in groups for one in found.values())
                if grouped and any(not one.is_time for one in found.values()):
                    columns = {
                        one: replace(meant, field=filled_column(meant.field, periods))
                        for one, meant in found.items()
                    }
                    yield self._bound(condition, scoped, columns)

    def _looked_at(
        self, leaf: Leaf, scoped: ScopedFilter, condition: Condition
    ) -> dict[Reference, Link] | None:
        """What a condition looks at; None where that is a metric, or nothing that the leaf has."""
        holes = {condition.reference(hole) for hole in condition.tree.find_all(exp.Column)}
        meant = {one: self.full[one] if scoped.asked else one for one in holes if not one.metric}
        links = {
            one: link(self.lookup, leaf, full, scoped.grain, scoped.outer) for one, full in meant.items()
        }
        found = {one: linked for one, linked in links.items() if isinstance(linked, Link)}
        return found if len(found) == len(holes) else None

    def _bound(
        self, condition: Condition, scoped: ScopedFilter, links: Mapping[Reference, Link]
    ) -> BoundCondition:
        fields = {reference: one.field for reference, one in links.items()}
        return bind_condition(condition, fields, self.parameters if scoped.asked else None)


def every_moment(leaf: Leaf) -> Leaf:
    """The leaf at each moment of its spine, with rows or without."""
    return replace(leaf, steps=(TimeStep(StepKind.EVERY),))
