"""What can be done: one verb each, refusals as data, the same answer for the same idempotency key."""

from datetime import datetime

import strawberry

from catalog.domain.document import Document
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.people import Role
from catalog.manifests.read import read
from catalog.publishing.deprecate import DeprecateCommand, deprecate
from catalog.publishing.outcome import PublishCommand, PublishOutcome, PublishResult
from catalog.publishing.publish import publish
from catalog.publishing.retire import RetireCommand, retire
from catalog.publishing.review import registration_review
from catalog.publishing.sign import SignOffCommand, sign_off
from catalog.publishing.transition import TransitionOutcome
from catalog.registry.ownership import in_domain
from catalog.registry.register import register
from catalog.serving.graphql.attempt import attempt
from catalog.serving.graphql.policy import PolicyMutation
from catalog.serving.graphql.policy_waivers import PolicyWaiverMutation
from catalog.serving.graphql.reconciliation import ReconciliationMutation
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.finding import Finding, UserError, findings_of
from catalog.serving.graphql.types.impact import AffectedMetric, affected_of


@strawberry.input(description="A document as it stands in the domain team's repository.")
class DocumentInput:
    """`path` names the document in findings."""

    path: str
    content: str


@strawberry.input
class DraftRegisterInput:
    """The same documents again change nothing, so no idempotency key is asked for.

    `domain` owns what names no domain itself.
    """

    documents: list[DocumentInput]
    domain: str = ""
    dry_run: bool = False


@strawberry.input
class DraftSignOffInput:
    """`definitionDigest` is the definition that was read; where it changed since, nothing is signed."""

    asset: str
    role: Role
    definition_digest: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.input
class VersionPublishInput:
    """Publishes the draft of `digest`, or the one registered last."""

    asset: str
    digest: str = ""
    expected_row_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.input
class VersionDeprecateInput:
    """`replacedBy` is an asset key, with `@version` where one version is meant."""

    asset: str
    version: str
    notice: str
    sunset_at: datetime
    replaced_by: str = ""
    expected_row_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.input
class VersionRetireInput:
    """A retired version is served to nobody; `force` retires it although something served hangs on it."""

    asset: str
    version: str
    force: bool = False
    expected_row_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.type(description="One draft as it now stands.")
class RegisteredDraft:
    """`stored` is false where this very content was the latest already."""

    asset: str
    version: str
    digest: str
    definition_digest: str
    stored: bool
    row_version: int
    findings: list[Finding]


@strawberry.type
class DraftRegisterPayload:
    """All drafts, or none and the reasons."""

    drafts: list[RegisteredDraft]
    user_errors: list[UserError]


@strawberry.type
class DraftSignOffPayload:
    """`missing` are the roles still to sign."""

    recorded: bool
    definition_digest: str | None
    missing: list[Role]
    user_errors: list[UserError]


@strawberry.type
class VersionPublishPayload:
    """A refusal is a result, with every reason in `findings`."""

    result: PublishResult | None
    version: str | None
    digest: str | None
    row_version: int | None
    decision_id: str | None
    quality_run_id: str | None
    findings: list[Finding]
    impact: list[AffectedMetric]
    user_errors: list[UserError]


@strawberry.type
class VersionStatusPayload:
    """The version after its step of life."""

    version: str | None
    status: Status | None
    row_version: int | None
    findings: list[Finding]
    user_errors: list[UserError]


@strawberry.type(description="Everything that can be done.")
class Mutation(PolicyMutation, PolicyWaiverMutation, ReconciliationMutation):
    """The write side; each verb commits inside its use case."""

    @strawberry.mutation(description="Register every product and metric of the documents as drafts.")
    def draft_register(self, info: RequestInfo, input: DraftRegisterInput) -> DraftRegisterPayload:
        """All of them, or none."""
        context = info.context
        gate = context.services.gate
        documents = tuple(Document(one.path, one.content.encode()) for one in input.documents)
        outcome, errors = attempt(
            lambda: register(
                in_domain(read(documents), input.domain),
                context.actor,
                gate.open_unit,
                gate.clock,
                dry_run=input.dry_run,
                review=registration_review(context.actor, gate),
            )
        )
        drafts = [
            RegisteredDraft(
                asset=str(one.key),
                version=one.version,
                digest=one.digest,
                definition_digest=one.definition_digest,
                stored=one.stored,
                row_version=one.row_version,
                findings=findings_of(one.findings),
            )
            for one in outcome or ()
        ]
        return DraftRegisterPayload(drafts=drafts, user_errors=errors)

    @strawberry.mutation(description="Approve the definition of the draft registered last, in one role.")
    def draft_sign_off(self, info: RequestInfo, input: DraftSignOffInput) -> DraftSignOffPayload:
        """An approval holds for one definition and for no other."""
        context = info.context
        outcome, errors = attempt(
            lambda: sign_off(
                SignOffCommand(
                    AssetKey.parse(input.asset),
                    input.role,
                    input.definition_digest,
                    input.idempotency_key,
                    input.dry_run,
                ),
                context.actor,
                context.services.gate,
            )
        )
        return DraftSignOffPayload(
            recorded=bool(outcome and outcome.recorded),
            definition_digest=outcome.definition_digest if outcome else None,
            missing=list(outcome.missing) if outcome else [],
            user_errors=errors,
        )

    @strawberry.mutation(description="Put a draft before the gate; what passes is served.")
    def version_publish(self, info: RequestInfo, input: VersionPublishInput) -> VersionPublishPayload:
        """Published, refused with every reason, or unchanged."""
        context = info.context
        outcome, errors = attempt(
            lambda: publish(
                PublishCommand(
                    AssetKey.parse(input.asset),
                    input.digest,
                    input.expected_row_version,
                    input.idempotency_key,
                    input.dry_run,
                ),
                context.actor,
                context.services.gate,
            )
        )
        return _published(outcome, errors)

    @strawberry.mutation(
        description="Tell consumers that a version will be retired, when, and what replaces it."
    )
    def version_deprecate(self, info: RequestInfo, input: VersionDeprecateInput) -> VersionStatusPayload:
        """Still served, with its notice."""
        context = info.context
        outcome, errors = attempt(
            lambda: deprecate(
                DeprecateCommand(
                    AssetKey.parse(input.asset),
                    input.version,
                    input.notice,
                    input.sunset_at,
                    input.replaced_by,
                    input.expected_row_version,
                    input.idempotency_key,
                    input.dry_run,
                ),
                context.actor,
                context.services.gate,
            )
        )
        return _stepped(outcome, errors)

    @strawberry.mutation(description="End a deprecated version; from now on it is served to nobody.")
    def version_retire(self, info: RequestInfo, input: VersionRetireInput) -> VersionStatusPayload:
        """The last step."""
        context = info.context
        outcome, errors = attempt(
            lambda: retire(
                RetireCommand(
                    key=AssetKey.parse(input.asset),
                    version=input.version,
                    expected_row_version=input.expected_row_version,
                    idempotency_key=input.idempotency_key,
                    dry_run=input.dry_run,
                    force=input.force,
                ),
                context.actor,
                context.services.gate,
            )
        )
        return _stepped(outcome, errors)


def _published(outcome: PublishOutcome | None, errors: list[UserError]) -> VersionPublishPayload:
    return VersionPublishPayload(
        result=outcome.result if outcome else None,
        version=outcome.version if outcome else None,
        digest=outcome.digest if outcome else None,
        row_version=outcome.row_version if outcome else None,
        decision_id=outcome.decision_id if outcome else None,
        quality_run_id=(outcome.quality_run_id or None) if outcome else None,
        findings=findings_of(outcome.findings) if outcome else [],
        impact=affected_of(outcome.impact) if outcome else [],
        user_errors=errors,
    )


def _stepped(outcome: TransitionOutcome | None, errors: list[UserError]) -> VersionStatusPayload:
    return VersionStatusPayload(
        version=outcome.version if outcome else None,
        status=outcome.status if outcome else None,
        row_version=outcome.row_version if outcome else None,
        findings=findings_of(outcome.findings) if outcome else [],
        user_errors=errors,
    )
