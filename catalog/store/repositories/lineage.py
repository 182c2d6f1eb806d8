"""What each published version brought into the graph of lineage."""

from collections.abc import Iterable

from sqlalchemy import insert, select

from catalog.domain.identity import AssetKey
from catalog.domain.lineage import Link
from catalog.store.repositories.assets import is_asset
from catalog.store.tables.assets import assets, lineage, versions
from catalog.store.transaction import Transaction


def add_lineage(transaction: Transaction, key: AssetKey, version: str, links: Iterable[Link]) -> None:
    """Store the links of a version that was added before, in their order."""
    wanted = select(versions.c.id).join(assets).where(is_asset(key), versions.c.version == version)
    identity = transaction.rows(wanted)[0].id
    rows = [
        {
            "id": f"{identity}:{position:06d}",
            "version_id": identity,
            "downstream": str(link.downstream),
            "upstream": str(link.upstream),
            "role": link.role,
        }
        for position, link in enumerate(links)
    ]
    if rows:
        transaction.write(insert(lineage), rows)
