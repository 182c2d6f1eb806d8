"""Waivers of the store: asked for, approved, revoked, listed."""

from collections.abc import Callable
from datetime import datetime

import strawberry

from catalog.access.actor import Actor
from catalog.domain.identity import AssetKey
from catalog.policy.waiver_request import WaiverRequest, WaiverState
from catalog.publishing.ports import Gate
from catalog.publishing.waiving.request_waiver import RequestWaiverCommand, request_waiver
from catalog.publishing.waiving.settle_waiver import SettleWaiverCommand, approve_waiver, revoke_waiver
from catalog.serving.graphql.attempt import attempt
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.finding import UserError
from catalog.serving.graphql.types.page import Connection, connection, page_size, read_cursor
from catalog.serving.waivers_seen import waivers_seen

strawberry.enum(WaiverState, name="PolicyWaiverState")


@strawberry.type(description="One rule passed over for one asset, or for a part of it, until an end.")
class PolicyWaiver:
    """`path` is a JSON pointer, empty for the whole asset; nothing is passed over unless the state is approved."""

    id: str
    state: WaiverState
    rule: str
    asset: str
    path: str
    reason: str
    ticket: str
    requested_by: str
    requested_at: datetime
    expires: datetime
    approved_by: str
    approved_at: datetime | None
    revoked_by: str
    revoked_at: datetime | None


@strawberry.input
class PolicyWaiverRequestInput:
    """`expires` is an instant with its zone; how far ahead it may lie follows from the rule's severity."""

    rule: str
    asset: str
    reason: str
    ticket: str
    expires: datetime
    path: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.input
class PolicyWaiverSettleInput:
    """The waiver of that id."""

    waiver: str
    idempotency_key: str = ""
    dry_run: bool = False


@strawberry.type
class PolicyWaiverPayload:
    """The waiver as it now stands."""

    waiver: PolicyWaiver | None
    user_errors: list[UserError]


@strawberry.type
class PolicyWaiverQuery:
    """What was asked for."""

    @strawberry.field(description="Waivers for assets of your domains, newest request first.")
    def policy_waivers(
        self, info: RequestInfo, asset: str | None = None, first: int = 50, after: str | None = None
    ) -> Connection[PolicyWaiver]:
        """A page of waivers."""
        context = info.context
        key = None if asset is None else AssetKey.parse(asset)
        page = waivers_seen(context.actor, key, read_cursor("policy_waivers", after), page_size(first))
        now = context.services.clock.now()
        return connection(
            "policy_waivers",
            context.read(page),
            first,
            lambda row: row.id,
            lambda row: _shown(row, now),
        )


@strawberry.type
class PolicyWaiverMutation:
    """The steps of a waiver."""

    @strawberry.mutation(description="Ask for a waiver; it passes nothing over before another approves it.")
    def policy_waiver_request(
        self, info: RequestInfo, input: PolicyWaiverRequestInput
    ) -> PolicyWaiverPayload:
        """Stored as requested."""
        return _payload(
            info,
            lambda actor, gate: request_waiver(
                RequestWaiverCommand(
                    rule=input.rule,
                    asset=AssetKey.parse(input.asset),
                    reason=input.reason,
                    ticket=input.ticket,
                    expires=input.expires,
                    path=input.path,
                    idempotency_key=input.idempotency_key,
                    dry_run=input.dry_run,
                ),
                actor,
                gate,
            ),
        )

    @strawberry.mutation(
        description="Approve a waiver, as neither who asked for it nor the owner of the asset."
    )
    def policy_waiver_approve(self, info: RequestInfo, input: PolicyWaiverSettleInput) -> PolicyWaiverPayload:
        """In force from now on."""
        command = SettleWaiverCommand(input.waiver, input.idempotency_key, input.dry_run)
        return _payload(info, lambda actor, gate: approve_waiver(command, actor, gate))

    @strawberry.mutation(description="End a waiver for good.")
    def policy_waiver_revoke(self, info: RequestInfo, input: PolicyWaiverSettleInput) -> PolicyWaiverPayload:
        """What it passed over counts again."""
        command = SettleWaiverCommand(input.waiver, input.idempotency_key, input.dry_run)
        return _payload(info, lambda actor, gate: revoke_waiver(command, actor, gate))


def _payload(info: RequestInfo, step: Callable[[Actor, Gate], WaiverRequest]) -> PolicyWaiverPayload:
    context = info.context
    outcome, errors = attempt(lambda: step(context.actor, context.services.gate))
    shown = _shown(outcome, context.services.clock.now()) if outcome else None
    return PolicyWaiverPayload(waiver=shown, user_errors=errors)


def _shown(one: WaiverRequest, now: datetime) -> PolicyWaiver:
    return PolicyWaiver(
        id=one.id,
        state=one.state(now),
        rule=one.rule,
        asset=str(one.asset),
        path=one.path,
        reason=one.reason,
        ticket=one.ticket,
        requested_by=one.requested_by,
        requested_at=one.requested_at,
        expires=one.expires,
        approved_by=one.approved_by,
        approved_at=one.approved_at,
        revoked_by=one.revoked_by,
        revoked_at=one.revoked_at,
    )
