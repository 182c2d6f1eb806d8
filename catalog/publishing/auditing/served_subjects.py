"""Every served version with what policy is told about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from catalog.domain.draft import Draft
from catalog.policy.bundle import Rule
from catalog.policy.mesh import MeshFacts, mesh_facts
from catalog.publishing.ports import Gate
from catalog.registry.compare import baseline_of
from catalog.registry.ports import PublishedVersion, UnitOfWork
from catalog.registry.served import drafts_in


@dataclass(frozen=True, slots=True)
class Subject:
    """A served version, its content, and the content of the served version that it follows."""

    version: PublishedVersion
    draft: Draft
    previous: Draft | None
    first_published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServedMesh:
    """Everything that is served, at one instant."""

    subjects: tuple[Subject, ...]
    facts: MeshFacts


def served_mesh(unit: UnitOfWork, gate: Gate, rules: Iterable[Rule], now: datetime) -> ServedMesh:
    """Read it, by key; when an asset was first published is looked up only while a rule's grace asks for it."""
    served = gate.served.of(unit)
    drafts = {(one.draft.key, one.draft.version): one.draft for one in served}
    grace = any(rule.grace_until is not None and now.date() < rule.grace_until for rule in rules)

    def subjects() -> Iterator[Subject]:
        for key, group in groupby(unit.versions.served(), key=lambda one: one.key):
            versions = list(group)
            known = unit.versions.of(key) if grace else versions
            first = min(one.published_at for one in known)
            for one in versions:
                draft = drafts.get((key, one.version))
                if draft is not None:
                    before = baseline_of([other for other in versions if other is not one], one.version)
                    previous = drafts.get((key, before.version)) if before else None
                    yield Subject(one, draft, previous, first)

    return ServedMesh(tuple(subjects()), mesh_facts(drafts_in(served)))
