"""The same key with the same command gives the same answer, once stored in the effect's own transaction."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from catalog.manifests.digest import digest_of
from catalog.registry.canonical import canonical
from catalog.registry.ports import UnitOfWork

_NO_BODY: Final = frozenset({"idempotency_key", "dry_run"})


class Command(Protocol):
    """What all commands share; a dry run neither asks for nor leaves an answer."""

    @property
    def idempotency_key(self) -> str:
        """Chosen by the caller; empty where the caller does not retry."""

    @property
    def dry_run(self) -> bool:
        """Whether everything is done but nothing stored."""


def recall(unit: UnitOfWork, operation: str, command: Command) -> Mapping[str, Any] | None:
    """The answer given before to this actor's key; raises `IdempotencyMismatch` for another command."""
    if command.dry_run or not command.idempotency_key:
        return None
    return unit.recall(operation, command.idempotency_key, _body_digest(command))


def remember(unit: UnitOfWork, operation: str, command: Command, answer: Mapping[str, Any]) -> None:
    """Keep the answer beside its effect."""
    if command.idempotency_key and not command.dry_run:
        unit.remember(operation, command.idempotency_key, _body_digest(command), answer)


def _body_digest(command: Command) -> str:
    return digest_of(canonical(command, without=_NO_BODY))
