"""Policy bundles: what stands where, and the steps of a bundle's life."""

from datetime import datetime

import strawberry

from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.policy.lifecycle import Mode, Stage, placed, stage_of
from catalog.publishing.active_policies import Origin
from catalog.publishing.bundles.activate import ActivateCommand, ActivateOutcome, activate
from catalog.publishing.bundles.upload import UploadCommand, upload
from catalog.publishing.bundles.validate import validate_bundle
from catalog.serving.graphql.attempt import attempt
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.finding import UserError
from catalog.serving.shadow_audits import last_shadow_audit
from catalog.store.projections.policy_shadows import PolicyShadows

strawberry.enum(Mode, name="PolicyMode")
strawberry.enum(Stage, name="PolicyStage")
strawberry.enum(Origin, name="PolicyOrigin")


@strawberry.type(description="Rules, parameters and waivers, by their content.")
class PolicyBundle:
    """`approvedBy` let it be enforced first; that is never who uploaded it."""

    revision: str
    stage: Stage
    uploaded_at: datetime
    uploaded_by: str
    validated_at: datetime | None
    approved_by: str


@strawberry.type(description="What judges at an enforcement point.")
class PolicyPoint:
    """`shadow` is evaluated beside it and has no effect."""

    point: EnforcementPoint
    revision: str
    origin: Origin
    shadow: str | None


@strawberry.type(description="What the store's bundles are and where they stand.")
class Policies:
    """Bundles with the newest upload first, and every enforcement point."""

    bundles: list[PolicyBundle]
    points: list[PolicyPoint]


@strawberry.type(description="What a bundle in shadow would have decided.")
class PolicyShadow:
    """`appearing` and `vanishing` are codes of findings that only one of the two decisions has."""

    decision_id: str
    asset: str
    version: str
    decided_at: datetime
    point: EnforcementPoint
    decided: Verdict
    would_decide: Verdict
    appearing: list[str]
    vanishing: list[str]


@strawberry.type(description="What the last audit beside a bundle in shadow came to.")
class PolicyShadowAudit:
    """Numbers of served versions; not all were held against it where it is not `finished`."""

    audited_at: datetime
    versions: int
    failing: int
    passing: int
    demoted: int
    undecided: int
    finished: bool


@strawberry.input(description="A file of a policies folder.")
class PolicyFileInput:
    """`path` as `org/owner.rego`."""

    path: str
    content: str


@strawberry.input
class PolicyUploadInput:
    """Every file of the folder, tests included."""

    files: list[PolicyFileInput]
    dry_run: bool = False


@strawberry.input
class PolicyValidateInput:
    """`revision` may be its first 12 characters."""

    revision: str
    dry_run: bool = False


@strawberry.input
class PolicyActivateInput:
    """Every point where none is named. `replaces` is the revision that was seen in force."""

    revision: str
    mode: Mode
    points: list[EnforcementPoint] | None = None
    replaces: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.input
class PolicyRollBackInput:
    """`revision` was in force before."""

    revision: str
    points: list[EnforcementPoint] | None = None
    replaces: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.type
class PolicyUploadPayload:
    """`stored` is false where this very bundle was there."""

    revision: str | None
    rules: int
    stored: bool
    user_errors: list[UserError]


@strawberry.type
class PolicyValidatePayload:
    """How many tests hold."""

    revision: str | None
    tests: int
    user_errors: list[UserError]


@strawberry.type
class PolicyActivatePayload:
    """Where the bundle now stands."""

    revision: str | None
    mode: Mode | None
    points: list[EnforcementPoint]
    user_errors: list[UserError]


@strawberry.type
class PolicyQuery:
    """What policy engineers and auditors look at."""

    @strawberry.field(description="The store's policy bundles, and what judges at each point.")
    def policies(self, info: RequestInfo) -> Policies:
        """Bundles and points, from one snapshot."""
        context = info.context
        require(context.actor, Permission.ORGANISATION_POLICY_READ)
        with context.services.store.open(context.actor, read_only=True) as unit:
            bundles, placements = unit.policies.all(), unit.policies.placements()
        found = {point: context.services.policies.at(point, placements) for point in EnforcementPoint}
        return Policies(
            bundles=[
                PolicyBundle(
                    revision=one.revision,
                    stage=stage_of(one, placements),
                    uploaded_at=one.uploaded_at,
                    uploaded_by=one.uploaded_by,
                    validated_at=one.validated_at,
                    approved_by=one.approved_by,
                )
                for one in bundles
            ],
            points=[
                PolicyPoint(
                    point=point,
                    revision=one.bundle.revision,
                    origin=one.origin,
                    shadow=placed(placements, point, Mode.SHADOW) or None,
                )
                for point, one in found.items()
            ],
        )

    @strawberry.field(description="Decisions beside which a bundle was evaluated in shadow, newest first.")
    def policy_shadows(
        self, info: RequestInfo, revision: str, first: int = 50, after: str = ""
    ) -> list[PolicyShadow]:
        """At most 100 of them, from behind the decision `after` on."""
        require(info.context.actor, Permission.ORGANISATION_POLICY_READ)
        rows = info.context.read(PolicyShadows(revision, max(0, min(first, 100)), after))
        return [
            PolicyShadow(
                decision_id=one.decision_id,
                asset=str(one.key),
                version=one.version,
                decided_at=one.decided_at,
                point=one.point,
                decided=one.verdict,
                would_decide=one.shadow.verdict,
                appearing=list(one.shadow.appearing),
                vanishing=list(one.shadow.vanishing),
            )
            for one in rows
        ]

    @strawberry.field(description="The last audit with a bundle in shadow beside it; null before the first.")
    def policy_shadow_audit(self, info: RequestInfo, revision: str) -> PolicyShadowAudit | None:
        """Who newly fails, newly passes and would be demoted, in numbers."""
        require(info.context.actor, Permission.ORGANISATION_POLICY_READ)
        last = last_shadow_audit(revision, info.context.read)
        return PolicyShadowAudit(audited_at=last.at, **last.tally.plain) if last else None


@strawberry.type
class PolicyMutation:
    """The steps of a bundle's life."""

    @strawberry.mutation(description="Put a policies folder into the store as a draft.")
    def policy_upload(self, info: RequestInfo, input: PolicyUploadInput) -> PolicyUploadPayload:
        """The same rules, parameters and waivers have the same revision."""
        context = info.context
        files = {one.path: one.content.encode() for one in input.files}
        outcome, errors = attempt(
            lambda: upload(UploadCommand(files, input.dry_run), context.actor, context.services.gate)
        )
        return PolicyUploadPayload(
            revision=outcome.revision if outcome else None,
            rules=outcome.rules if outcome else 0,
            stored=bool(outcome and outcome.stored),
            user_errors=errors,
        )

    @strawberry.mutation(description="Lint, compile and test a bundle.")
    def policy_validate(self, info: RequestInfo, input: PolicyValidateInput) -> PolicyValidatePayload:
        """Only what is validated can be activated."""
        context = info.context
        outcome, errors = attempt(
            lambda: validate_bundle(
                input.revision, context.actor, context.services.gate, dry_run=input.dry_run
            )
        )
        return PolicyValidatePayload(
            revision=outcome.revision if outcome else None,
            tests=outcome.tests if outcome else 0,
            user_errors=errors,
        )

    @strawberry.mutation(
        description="Let a bundle judge at points, or be evaluated beside what judges there."
    )
    def policy_activate(self, info: RequestInfo, input: PolicyActivateInput) -> PolicyActivatePayload:
        """In one transaction; whoever uploaded a bundle cannot enforce it."""
        return _placed(
            info,
            ActivateCommand(
                input.revision,
                tuple(map(EnforcementPoint, input.points or EnforcementPoint)),
                Mode(input.mode),
                replaces=input.replaces,
                idempotency_key=input.idempotency_key,
                dry_run=input.dry_run,
            ),
        )

    @strawberry.mutation(description="Put a bundle back in force that was before.")
    def policy_roll_back(self, info: RequestInfo, input: PolicyRollBackInput) -> PolicyActivatePayload:
        """It was approved then."""
        return _placed(
            info,
            ActivateCommand(
                input.revision,
                tuple(map(EnforcementPoint, input.points or EnforcementPoint)),
                Mode.ENFORCE,
                rollback=True,
                replaces=input.replaces,
                idempotency_key=input.idempotency_key,
                dry_run=input.dry_run,
            ),
        )


def _placed(info: RequestInfo, command: ActivateCommand) -> PolicyActivatePayload:
    context = info.context
    outcome: ActivateOutcome | None
    outcome, errors = attempt(lambda: activate(command, context.actor, context.services.gate))
    return PolicyActivatePayload(
        revision=outcome.revision if outcome else None,
        mode=outcome.mode if outcome else None,
        points=list(outcome.points) if outcome else [],
        user_errors=errors,
    )
