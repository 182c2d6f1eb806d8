"""Drafts: rows for lists, and the documents byte for byte, each stored once however many drafts share it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select
from uuid_utils import uuid7

from catalog.domain.clock import Clock
from catalog.domain.document import Document
from catalog.domain.draft import Draft
from catalog.domain.errors import AuditBroken
from catalog.domain.identity import AssetKey, AssetKind
from catalog.registry.drafts import Address, draft_from
from catalog.store.card import card_of
from catalog.store.repositories.assets import Assets, in_parts, is_asset
from catalog.store.tables.assets import assets, documents, draft_documents, drafts
from catalog.store.transaction import Transaction


class StoredDrafts:
    """Implements `registry.ports.Drafts`."""

    def __init__(self, transaction: Transaction, known: Assets, clock: Clock, subject: str) -> None:
        self._transaction = transaction
        self._assets = known
        self._clock = clock
        self._subject = subject

    def add(self, *added: Draft) -> int:
        """Store drafts and their documents; returns how many of them were not there with this very content.

        Content that returns after other content becomes the latest again.
        """
        ids, now = self._assets.claim_all([one.key for one in added]), self._clock.now()
        rows = [
            card_of(one)
            | {
                "id": str(uuid7()),
                "asset_id": ids[one.key],
                "version": one.version,
                "digest": one.digest,
                "definition_digest": one.definition_digest,
                "registered_at": now,
                "registered_by": self._subject,
            }
            for one in added
        ]
        if rows:
            self._transaction.add_all(drafts, rows)
        new = self._present(row["id"] for row in rows)
        self._add_documents(
            {row["id"]: one for row, one in zip(rows, added, strict=True) if row["id"] in new}
        )
        self._assets.point_to_drafts({ids[one.key]: one.digest for one in added})
        return len(new)

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

    def _present(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that stand in the store."""
        parts = (select(drafts.c.id).where(drafts.c.id.in_(some)) for some in in_parts(ids))
        return {row.id for part in parts for row in self._transaction.rows(part)}

    def _add_documents(self, added: Mapping[str, Draft]) -> None:
        """The documents of drafts by their ids, each stored once."""
        members = {one.digest: one for draft in added.values() for one in draft.documents}
        if members:
            rows = [{"digest": digest, "data": one.data} for digest, one in sorted(members.items())]
            self._transaction.add_all(documents, rows)
        places = [
            {"draft_id": draft_id, "position": position, "path": one.path, "digest": one.digest}
            for draft_id, draft in added.items()
            for position, one in enumerate(draft.documents)
        ]
        if places:
            self._transaction.write(insert(draft_documents), places)

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
        first = rows[0]
        address = Address(first.version, first.digest, first.definition_digest)
        return draft_from(tuple(_document(row) for row in rows), key, address)


def _document(row: Row[Any]) -> Document:
    document = Document(row.path, bytes(row.data))
    if document.digest != row.document_digest:
        raise AuditBroken(f"The stored document {row.path!r} is not the one that was registered.")
    return document
