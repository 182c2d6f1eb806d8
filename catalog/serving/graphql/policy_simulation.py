"""What another bundle would do to what is served."""

import strawberry

from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.policy.decision import EnforcementPoint
from catalog.policy.simulate import Simulation
from catalog.publishing.bundles.known import known_bundle
from catalog.publishing.simulate_served import MeshSimulation, SimulateQuery, simulate_served
from catalog.serving.graphql.request import RequestInfo

_MOST_VERSIONS = 1_000
_MOST_NAMES = 100


@strawberry.type(description="What becomes of served versions under one rule; names are `key@version`.")
class PolicyRuleImpact:
    """At most the first 100 names of each group; the counts are whole."""

    rule: str
    newly_failing: list[str]
    newly_failing_count: int
    newly_passing: list[str]
    newly_passing_count: int
    newly_blocked: list[str]
    newly_blocked_count: int
    still_failing_count: int
    waived_count: int
    errors: list[str]
    errors_count: int


@strawberry.type(description="How many versions newly fail, of a domain or of an owner.")
class PolicySimulationCount:
    """`name` is empty where there is no owner."""

    name: str
    newly_failing: int


@strawberry.type(description="Who reads a version that would be demoted.")
class PolicySimulationConsumer:
    """As the access log knows them."""

    team: str
    application: str
    reads: int


@strawberry.type(description="A served version that would lose its certification.")
class PolicySimulationDemotion:
    """With who reads it, most reads first."""

    asset: str
    version: str
    owner: str
    consumers: list[PolicySimulationConsumer]


@strawberry.type(description="The difference that a bundle would make to what is served.")
class PolicySimulation:
    """`errors` got no decision from one of the bundles."""

    against: str
    bundle: str
    versions: int
    changed: list[str]
    rules: list[PolicyRuleImpact]
    domains: list[PolicySimulationCount]
    owners: list[PolicySimulationCount]
    demoted: list[PolicySimulationDemotion]
    errors: list[str]


@strawberry.type
class PolicySimulationQuery:
    """What policy engineers try before anyone feels it."""

    @strawberry.field(
        description="What a bundle of the store would do to what is served, against what is in force; "
        "refused for more than 1000 versions in `scope`, which is a domain or a kind."
    )
    def policy_simulation(
        self,
        info: RequestInfo,
        revision: str,
        scope: str = "",
        point: EnforcementPoint = EnforcementPoint.AUDIT,
        against: str = "",
    ) -> PolicySimulation:
        """Nothing is stored."""
        context = info.context
        require(context.actor, Permission.ORGANISATION_POLICY_SIMULATE)
        gate, policies = context.services.gate, context.services.policies

        def bundle_of(named: str) -> str:
            with context.services.store.open(context.actor, read_only=True) as unit:
                return known_bundle(unit, named).revision

        query = SimulateQuery(
            policies.bundle(bundle_of(revision)),
            policies.bundle(bundle_of(against)) if against else None,
            scope,
            point,
            _MOST_VERSIONS,
        )
        return _shown(simulate_served(query, context.actor, gate))


def _shown(one: MeshSimulation) -> PolicySimulation:
    found = one.simulation
    return PolicySimulation(
        against=found.against,
        bundle=found.bundle,
        versions=found.assets,
        changed=list(found.changed),
        rules=_rules(found),
        domains=[PolicySimulationCount(name=name, newly_failing=n) for name, n in found.domains.items()],
        owners=[PolicySimulationCount(name=name, newly_failing=n) for name, n in found.owners.items()],
        demoted=[
            PolicySimulationDemotion(
                asset=str(each.key),
                version=each.version,
                owner=each.owner,
                consumers=[
                    PolicySimulationConsumer(team=who.team, application=who.application, reads=who.reads)
                    for who in each.consumers[:_MOST_NAMES]
                ],
            )
            for each in one.demoted
        ],
        errors=list(found.errors),
    )


def _rules(found: Simulation) -> list[PolicyRuleImpact]:
    return [
        PolicyRuleImpact(
            rule=one.rule,
            newly_failing=list(one.newly_failing[:_MOST_NAMES]),
            newly_failing_count=len(one.newly_failing),
            newly_passing=list(one.newly_passing[:_MOST_NAMES]),
            newly_passing_count=len(one.newly_passing),
            newly_blocked=list(one.newly_blocked[:_MOST_NAMES]),
            newly_blocked_count=len(one.newly_blocked),
            still_failing_count=len(one.still_failing),
            waived_count=len(one.waived),
            errors=list(one.errors[:_MOST_NAMES]),
            errors_count=len(one.errors),
        )
        for one in found.rules
    ]
