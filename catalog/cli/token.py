"""`concord token`: who may act; for whoever operates the store."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, add_group
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import UsageError
from catalog.domain.people import Role

if TYPE_CHECKING:
    from catalog.access.token import TokenGrant

_MAX_DAYS = 366
_MAX_NAME = 128


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord token issue`, `list` and `revoke`."""
    inner = add_group(
        commands, "token", help="issue, list and revoke API tokens; whoever reaches the store may"
    )
    parser = add_command(
        inner,
        shared,
        "issue",
        run_issue,
        help="make a token, shown once, for a person or program, its team and its application",
        examples=[
            "concord token issue --subject ada --team orders --application ci --role sales:domain_owner",
            "concord token issue --subject bi --team board --application dashboards --role '*:consumer' --days 30",
        ],
    )
    parser.add_argument("--subject", type=_name, required=True, help="who acts")
    parser.add_argument("--team", type=_name, required=True, help="for which team")
    parser.add_argument("--application", type=_name, required=True, help="through which application")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        help=f"domain:role, or *:role for all domains; may be given again; a role is {', '.join(Role)}",
    )
    parser.add_argument(
        "--days", type=int, default=90, help=f"how long it is valid, up to {_MAX_DAYS}; 90 if left out"
    )
    add_command(
        inner,
        shared,
        "list",
        run_list,
        help="list the tokens that were issued: whose they are and until when; never the tokens themselves",
        examples=["concord token list", "concord token list --output json"],
    )
    closing = add_command(
        inner,
        shared,
        "revoke",
        run_revoke,
        help="close a token for good",
        examples=["concord token revoke 019b3c1e-0000-7000-8000-000000000000"],
    )
    closing.add_argument("token_id", metavar="ID", help="as `concord token list` shows it")


def run_issue(given: Namespace, settings: Settings, output: Output) -> int:
    """Print the token; the store keeps its digest only."""
    from catalog.access.actor import SYSTEM, Actor
    from catalog.bootstrap import Services
    from catalog.store.issue import issue

    if not 1 <= given.days <= _MAX_DAYS:
        raise UsageError(
            f"A token cannot be valid for {given.days} days.", remedy=f"give --days from 1 to {_MAX_DAYS}"
        )
    actor = Actor(given.subject, given.team, given.application, roles_of(given.role))
    with Services(settings) as services:
        expires = services.clock.now() + timedelta(days=given.days)
        token, grant = issue(services.store, actor, expires, SYSTEM)
    output.document({"token": token, "tokenId": grant.token_id, "expiresAt": grant.expires_at})
    output.line(token)
    output.line(f"shown once; valid until {grant.expires_at.isoformat()}", "grey")
    return 0


def run_list(_: Namespace, settings: Settings, output: Output) -> int:
    """0; revoked and expired tokens are listed too."""
    from catalog.access.actor import SYSTEM
    from catalog.bootstrap import Services
    from catalog.store.projections.token_grants import TokenGrants

    grants: list[TokenGrant] = []
    with Services(settings) as services:
        now = services.clock.now()
        while page := services.store.read(SYSTEM, TokenGrants(after=grants[-1].token_id if grants else "")):
            grants += page
    rows = [_shown(one, now) for one in grants]
    output.document({"tokens": rows})
    header = ("tokenId", "subject", "team", "application", "roles", "expiresAt", "state")
    output.table(header, [[_cell(row[name]) for name in header] for row in rows])
    return 0


def run_revoke(given: Namespace, settings: Settings, output: Output) -> int:
    """0; an id that no open token has is an error."""
    from catalog.access.actor import SYSTEM
    from catalog.bootstrap import Services
    from catalog.store.issue import revoke

    with Services(settings) as services:
        revoke(services.store, given.token_id, services.clock.now(), SYSTEM)
    output.document({"tokenId": given.token_id, "state": "revoked"})
    output.line(f"{given.token_id} is revoked", "green")
    return 0


def _shown(grant: "TokenGrant", now: datetime) -> dict[str, Any]:
    state = "revoked" if grant.revoked_at else "expired" if grant.expires_at <= now else "valid"
    actor = grant.actor
    return {
        "tokenId": grant.token_id,
        "subject": actor.subject,
        "team": actor.team,
        "application": actor.application,
        "roles": [
            f"{domain}:{role}" for domain, held in sorted(actor.roles.items()) for role in sorted(held)
        ],
        "expiresAt": grant.expires_at,
        "state": state,
    }


def _cell(shown: Any) -> str:
    if isinstance(shown, list):
        return ", ".join(shown)
    return shown.isoformat(timespec="minutes") if isinstance(shown, datetime) else str(shown)


def _name(text: str) -> str:
    if not (text.strip() == text != "" and text.isprintable() and len(text) <= _MAX_NAME):
        raise ArgumentTypeError(f"{text[:40]!r} is no name of 1 to {_MAX_NAME} characters")
    return text


def roles_of(given: list[str]) -> dict[str, frozenset[Role]]:
    """`domain:role` texts as the roles of an actor; raises `UsageError`."""
    roles: dict[str, frozenset[Role]] = {}
    for text in given:
        domain, colon, role = text.partition(":")
        if not (domain and colon and role in set(Role)):
            raise UsageError(
                f"{text!r} is no role in a domain.", remedy=f"write domain:role with one of {', '.join(Role)}"
            )
        roles[domain] = roles.get(domain, frozenset()) | {Role(role)}
    return roles
