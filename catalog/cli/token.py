"""`concord token`: who may act; for whoever operates the store."""

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import UsageError
from catalog.domain.people import Role


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord token issue`."""
    group = commands.add_parser("token", help="issue API tokens; whoever reaches the store may")
    inner = group.add_subparsers(metavar="COMMAND", required=True)
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
    parser.add_argument("--subject", required=True, help="who acts")
    parser.add_argument("--team", required=True, help="for which team")
    parser.add_argument("--application", required=True, help="through which application")
    parser.add_argument("--role", action="append", default=[], help="domain:role, or *:role for all domains")
    parser.add_argument("--days", type=int, default=90, help="how long it is valid")


def run_issue(given: Namespace, settings: Settings, output: Output) -> int:
    """Print the token; the store keeps its digest only."""
    from catalog.access.actor import SYSTEM, Actor
    from catalog.bootstrap import Services
    from catalog.store.issue import issue

    if given.days < 1:
        raise UsageError("A token is valid for one day or more.")
    actor = Actor(given.subject, given.team, given.application, roles_of(given.role))
    with Services(settings) as services:
        expires = services.clock.now() + timedelta(days=given.days)
        token, grant = issue(services.store, actor, expires, SYSTEM)
    output.document({"token": token, "tokenId": grant.token_id, "expiresAt": grant.expires_at})
    output.line(token)
    output.line(f"shown once; valid until {grant.expires_at.isoformat()}", "grey")
    return 0


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
