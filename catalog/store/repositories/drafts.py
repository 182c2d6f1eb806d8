"""Drafts: rows for lists, and the documents byte for byte, each stored once however many drafts share it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select
from uuid_utils import uuid7

from catalog.domain.clock import Clock
from catalog.domain.document import Document
from catalog.domain.draft import Draft
from catalog.domain.errors import AuditBroken
from catalog.domain.identity import AssetKey, AssetKind
from catalog.registry.drafts import draft_from
from catalog.store.card import card_of
from catalog.store.repositories.assets import Assets, is_asset
from catalog.store.tables import assets, documents, draft_documents, drafts
from catalog.store.transaction import Transaction


class StoredDrafts:
    """Implements `registry.ports.Drafts`."""

    def __init__(self, transaction: Transaction, known: Assets, clock: Clock, subject: str) -> None:
        self._transaction = transaction
        self._assets = known
        self._clock = clock
        self._subject = subject

    def add(self, draft: Draft) -> bool:
        """Store the draft and its documents; False when this very content was already there.

        Content that returns after other content becomes the latest again.
        """
        row = card_of(draft) | {
            "id": str(uuid7()),
            "asset_id": self._assets.claim(draft.key),
            "version": draft.version,
            "digest": draft.digest,
            "definition_digest": draft.definition_digest,
            "registered_at": self._clock.now(),
            "registered_by": self._subject,
        }
        added = self._transaction.add(drafts, row)
        if added:
            self._add_documents(row["id"], draft.documents)
        self._assets.point_to_draft(row["asset_id"], draft.digest)
        return added

    def get(self, key: AssetKey, digest: str) -> Draft | None:
        """The draft of that content; raises `AuditBroken` when a stored document is not what it was."""
        return self._read(key, drafts.c.digest == digest)

    def latest(self, key: AssetKey) -> Draft | None:
        """The draft registered last."""
        return self._read(key, drafts.c.digest == assets.c.draft_digest)

    def keys(self, kind: AssetKind, name: str = "") -> tuple[AssetKey, ...]:
        """Every asset of that kind, or every one that bears the name, in the order of their keys."""
        statement = select(assets.c.domain, assets.c.name).where(assets.c.kind == kind)
        if name:
            statement = statement.where(assets.c.name == name)
        rows = self._transaction.rows(statement.order_by(assets.c.domain, assets.c.name))
        return tuple(AssetKey(kind, row.domain, row.name) for row in rows)

    def registered_by(self, key: AssetKey, digest: str) -> str:
        """The subject that registered this content first, empty where unknown."""
        statement = (
            select(drafts.c.registered_by).join(assets).where(is_asset(key), drafts.c.digest == digest)
        )
        found = self._transaction.first(statement)
        return "" if found is None else str(found.registered_by)

    def _add_documents(self, draft_id: str, members: Sequence[Document]) -> None:
        for one in sorted(members, key=lambda document: document.digest):
            self._transaction.add(documents, {"digest": one.digest, "data": one.data})
        rows = [
            {"draft_id": draft_id, "position": position, "path": one.path, "digest": one.digest}
            for position, one in enumerate(members)
        ]
        if rows:
            self._transaction.write(insert(draft_documents), rows)

    def _read(self, key: AssetKey, which: ColumnElement[bool]) -> Draft | None:
        statement = (
            select(
                drafts.c.version,
                drafts.c.digest,
                drafts.c.definition_digest,
                draft_documents.c.path,
                documents.c.digest.label("document_digest"),
                documents.c.data,
            )
            .select_from(drafts)
            .join(assets)
            .join(draft_documents, draft_documents.c.draft_id == drafts.c.id)
            .join(documents, documents.c.digest == draft_documents.c.digest)
            .where(is_asset(key), which)
            .order_by(draft_documents.c.position)
        )
        rows = self._transaction.rows(statement)
        if not rows:
            return None
        draft = draft_from(tuple(_document(row) for row in rows), key)
        # What was judged and signed is named by the digests of that day, whatever computes them today.
        first = rows[0]
        return replace(
            draft, version=first.version, digest=first.digest, definition_digest=first.definition_digest
        )


def _document(row: Row[Any]) -> Document:
    document = Document(row.path, bytes(row.data))
    if document.digest != row.document_digest:
        raise AuditBroken(f"The stored document {row.path!r} is not the one that was registered.")
    return document
