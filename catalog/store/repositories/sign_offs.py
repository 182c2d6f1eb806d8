"""Approvals of one definition; another definition has none."""

from sqlalchemy import select

from catalog.access.sign_off import SignOff
from catalog.domain.errors import Conflict
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.store.repositories.assets import Assets, is_asset
from catalog.store.tables.assets import assets
from catalog.store.tables.assets import sign_offs as table
from catalog.store.transaction import Transaction


def sign_offs(transaction: Transaction, key: AssetKey, definition_digest: str) -> tuple[SignOff, ...]:
    """Approvals of exactly this definition, oldest first."""
    statement = (
        select(table)
        .join(assets)
        .where(is_asset(key), table.c.definition_digest == definition_digest)
        .order_by(table.c.at, table.c.role, table.c.subject)
    )
    return tuple(
        SignOff(Role(row.role), row.subject, row.definition_digest, row.at)
        for row in transaction.rows(statement)
    )


def add_sign_off(transaction: Transaction, known: Assets, key: AssetKey, sign_off: SignOff) -> None:
    """Store an approval; raises `Conflict` when the same person gave it before."""
    row = {
        "asset_id": known.claim(key),
        "definition_digest": sign_off.definition_digest,
        "role": sign_off.role,
        "subject": sign_off.subject,
        "at": sign_off.at,
    }
    if not transaction.add(table, row):
        raise Conflict(f"{sign_off.subject} has already signed this definition of {key} as {sign_off.role}.")
