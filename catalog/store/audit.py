"""The audit chain: every change has a link, every link holds the hash of all links before it.

A link's hash is SHA-256 over the previous hash and the canonical JSON of what is stored. Whoever edits, drops
or reorders a row breaks the chain there; whoever rewrites it to its end is found by a head kept elsewhere.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from catalog.domain.errors import AuditBroken, StoreUnavailable, UsageError
from catalog.manifests.digest import canonical_json
from catalog.store.projections.audit import Head, Links
from catalog.store.projections.projection import Read
from catalog.store.tables.logs import audit_head, audit_log
from catalog.store.transaction import Transaction

GENESIS: Final = "sha256:" + "0" * 64
_HEADLESS: Final = "The audit chain has lost its head."
_HASHED: Final = ("sequence", "at", "actor", "action", "target", "detail")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded; the chain adds sequence and hash."""

    at: datetime
    actor: str
    action: str
    target: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verified:
    """How many links hold, and the hash of the last: worth keeping outside the store."""

    rows: int
    head: str


def append(transaction: Transaction, entries: Sequence[Entry]) -> None:
    """Add links; the head's row is held until the commit, so that the sequence has no gaps and no forks.

    Raises `UsageError` for an entry that is not plain.
    """
    head = transaction.first(select(audit_head.c.sequence, audit_head.c.hash).with_for_update())
    if head is None:
        raise AuditBroken(_HEADLESS)
    try:
        rows = list(_chained(entries, Verified(head.sequence, head.hash)))
    except ValueError as error:
        raise UsageError("An audit record holds what cannot be stored.") from error
    transaction.write(insert(audit_log), rows)
    transaction.write(update(audit_head).values(sequence=rows[-1]["sequence"], hash=rows[-1]["hash"]))


def verify(read: Read, *, kept: Verified | None = None, batch: int = 1000) -> Iterator[Verified]:
    """Walk the chain from its beginning and yield after each batch how far it holds.

    Raises `AuditBroken` naming the first bad sequence; with `kept`, an earlier result kept elsewhere, also
    when the chain does not run through it. Links that are added during the walk are not part of it.
    """
    end = _head(read)
    reached = Verified(0, GENESIS)
    while reached.rows < end.rows:
        for row in _links(read, reached.rows, min(batch, end.rows - reached.rows)):
            reached = _follow(reached, row)
            _compare(reached, kept)
        yield reached
    _compare_end(read, reached, end, kept)


def _chained(entries: Sequence[Entry], head: Verified) -> Iterator[dict[str, Any]]:
    link = head.head
    for sequence, entry in enumerate(entries, head.rows + 1):
        row = {
            "sequence": sequence,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "target": entry.target,
            "detail": canonical_json(entry.detail).decode(),
        }
        link = _hash(link, row)
        yield {**row, "hash": link}


def _head(read: Read) -> Verified:
    found = read(Head())
    if not found:
        raise AuditBroken(_HEADLESS)
    return Verified(*found[0])


def _links(read: Read, after: int, limit: int) -> tuple[Row[Any], ...]:
    """The next links; where a batch cannot be read at all, the first one that cannot is named."""
    try:
        rows = read(Links(after=after, limit=limit))
    except StoreUnavailable as error:
        if limit > 1:
            return _links(read, after, 1)
        _head(read)  # raises again when it is the store that is gone, not the row
        raise AuditBroken(f"The audit chain cannot be read at sequence {after + 1}.") from error
    if not rows:
        raise AuditBroken(f"The audit chain ends before sequence {after + 1}.")
    return rows


def _follow(reached: Verified, row: Row[Any]) -> Verified:
    sequence = reached.rows + 1
    try:
        expected = _hash(reached.head, {name: getattr(row, name) for name in _HASHED})
    except ValueError:  # a value of a kind that was never written
        expected = ""
    if row.sequence != sequence or row.hash != expected:
        raise AuditBroken(f"The audit chain does not hold at sequence {sequence}.")
    return Verified(sequence, expected)


def _compare(reached: Verified, kept: Verified | None) -> None:
    if kept is not None and kept.rows == reached.rows and kept != reached:
        raise AuditBroken(f"The audit chain is not the one whose head was kept at sequence {kept.rows}.")


def _compare_end(read: Read, reached: Verified, end: Verified, kept: Verified | None) -> None:
    if reached.head != end.head:
        raise AuditBroken(f"The audit chain does not end in its head at sequence {end.rows}.")
    if kept is not None and kept.rows > end.rows:
        raise AuditBroken(f"The audit chain ends before sequence {end.rows + 1}, but was longer before.")
    if read(Links(after=end.rows, limit=1)) and _head(read) == end:
        raise AuditBroken(f"The audit chain goes on after its head, at sequence {end.rows + 1}.")


def _hash(previous: str, row: Mapping[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(previous.encode() + canonical_json(row)).hexdigest()
