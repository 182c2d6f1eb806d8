"""Settled metric names: every decision is kept, the last one on a name counts."""

from sqlalchemy import insert, select
from uuid_utils import uuid7

from catalog.domain.identity import AssetKey
from catalog.domain.settlement import Fate, Settlement
from catalog.store.repositories.assets import Assets
from catalog.store.tables.assets import settlements as table
from catalog.store.transaction import Transaction


def settlement(transaction: Transaction, name: str) -> Settlement | None:
    """The last decision on the name."""
    statement = select(table).where(table.c.name == name.lower()).order_by(table.c.id.desc()).limit(1)
    row = transaction.first(statement)
    if row is None:
        return None
    return Settlement(
        name=row.name,
        canonical=AssetKey.parse(row.canonical),
        definition_digest=row.definition_digest,
        others=tuple((AssetKey.parse(key), Fate(fate)) for key, fate in sorted(row.others.items())),
        reason=row.reason,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


def add_settlement(transaction: Transaction, known: Assets, decided: Settlement) -> None:
    """Store a decision after all others."""
    row = {
        "id": str(uuid7()),
        "name": decided.name.lower(),
        "asset_id": known.claim(decided.canonical),
        "canonical": str(decided.canonical),
        "definition_digest": decided.definition_digest,
        "others": {str(key): fate.value for key, fate in decided.others},
        "reason": decided.reason,
        "settled_at": decided.settled_at,
        "settled_by": decided.settled_by,
    }
    transaction.write(insert(table).values(**row))
