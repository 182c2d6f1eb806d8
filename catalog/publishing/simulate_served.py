"""What another bundle would do to everything that is served, and who reads what it would demote."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.access.sign_off import governance_of
from catalog.domain.errors import UsageError
from catalog.domain.identity import AssetKey, AssetKind, lineage
from catalog.policy.bundle import Bundle
from catalog.policy.decision import EnforcementPoint
from catalog.policy.simulate import Case, Simulation, simulate
from catalog.policy.view import view_of
from catalog.policy.waiver_request import WaiverRequest, waivers_of
from catalog.publishing.auditing.served_subjects import ServedMesh, Subject, served_mesh
from catalog.publishing.ports import Gate
from catalog.registry.compatibility import Consumer


@dataclass(frozen=True, slots=True)
class DemotedVersion:
    """A served version that would lose its certification, with who reads it."""

    key: AssetKey
    version: str
    owner: str
    consumers: tuple[Consumer, ...]


@dataclass(frozen=True, slots=True)
class MeshSimulation:
    """Names in `simulation` are `key@version`; `demoted` tells more about those that it names."""

    simulation: Simulation
    demoted: tuple[DemotedVersion, ...]


@dataclass(frozen=True, slots=True)
class SimulateQuery:
    """`against` is what is in force at the point where none is given; `scope` is a kind, or a domain with those in it.

    More than `most` versions are refused.
    """

    bundle: Bundle
    against: Bundle | None = None
    scope: str = ""
    point: EnforcementPoint = EnforcementPoint.AUDIT
    most: int | None = None


def simulate_served(
    query: SimulateQuery,
    actor: Actor,
    gate: Gate,
    *,
    progress: Callable[[int, int], object] | None = None,
) -> MeshSimulation:
    """Judge what is served with both bundles; stores nothing. Raises `Forbidden`, and `UsageError` for too much."""
    require(actor, Permission.ORGANISATION_POLICY_SIMULATE)
    with gate.open_unit(actor, read_only=True) as unit:
        against = query.against or gate.policies.at(query.point, unit.policies.placements()).bundle
        waivers = unit.waivers.approved()
        mesh = served_mesh(unit, gate, (*query.bundle.rules, *against.rules), gate.clock.now())
    subjects = [one for one in mesh.subjects if _in_scope(one.version.key, query.scope)]
    if query.most is not None and len(subjects) > query.most:
        raise UsageError(
            f"{len(subjects)} versions are more than {query.most}.",
            remedy="name a scope, or run `concord policy simulate`",
        )
    found = simulate(
        _cases(subjects, mesh, query.point, gate, waivers),
        against,
        query.bundle,
        engine=gate.policy_engine,
        deadline_seconds=gate.policy_deadline_seconds,
        progress=progress and (lambda done: progress(done, len(subjects))),
    )
    named = {_name(one): one for one in subjects}
    demoted = [named[name] for name in found.demoted]
    with gate.open_unit(actor, read_only=True) as unit:
        readers = unit.consumers([one.version.key for one in demoted])
    return MeshSimulation(
        found,
        tuple(
            DemotedVersion(key, one.version.version, governance_of(one.draft).owner, readers.get(key, ()))
            for one in demoted
            for key in [one.version.key]
        ),
    )


def _cases(
    subjects: list[Subject],
    mesh: ServedMesh,
    point: EnforcementPoint,
    gate: Gate,
    waivers: tuple[WaiverRequest, ...],
) -> Iterator[Case]:
    now = gate.clock.now()
    stored = waivers_of(waivers)
    for one in subjects:
        view = view_of(one.draft, point, now=now, mesh=mesh.facts, previous=one.previous)
        own = tuple(waiver for waiver in stored if waiver.asset == str(one.version.key))
        yield Case(_name(one), view, now, one.first_published_at, own)


def _name(one: Subject) -> str:
    return f"{one.version.key}@{one.version.version}"


def _in_scope(key: AssetKey, scope: str) -> bool:
    if scope in {str(kind) for kind in AssetKind}:
        return key.kind == scope
    return not scope or scope in lineage(key.domain)
