"""Answers under the caller's own keys, stored with the effect they answer for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from catalog.domain.clock import Clock
from catalog.domain.errors import Conflict, IdempotencyMismatch
from catalog.store.tables.logs import idempotency
from catalog.store.transaction import Transaction


class Answers:
    """One actor's answers; another actor's same key is another key."""

    def __init__(self, transaction: Transaction, clock: Clock, subject: str) -> None:
        self._transaction = transaction
        self._clock = clock
        self._subject = subject

    def recall(self, operation: str, key: str, body_digest: str) -> Mapping[str, Any] | None:
        """The stored answer, if any; raises `IdempotencyMismatch` when it answered another body."""
        table = idempotency.c
        own = (table.subject == self._subject, table.operation == operation, table.key == key)
        found = self._transaction.first(select(table.body_digest, table.answer).where(*own))
        if found is None:
            return None
        if found.body_digest != body_digest:
            raise IdempotencyMismatch()
        answer: Mapping[str, Any] = found.answer
        return answer

    def remember(self, operation: str, key: str, body_digest: str, answer: Mapping[str, Any]) -> None:
        """Store the answer; raises `Conflict` when the same key was answered meanwhile."""
        row = {
            "subject": self._subject,
            "operation": operation,
            "key": key,
            "body_digest": body_digest,
            "answer": dict(answer),
            "at": self._clock.now(),
        }
        if not self._transaction.add(idempotency, row):
            raise Conflict("The same request was answered meanwhile; repeat it to get that answer.")
