"""One of several processes that publish patches of the same product at once: `store_racer.py URL ATTEMPTS`."""

import json
import sys

from ports.store_examples import ANA, StandingClock, key, product_draft, write_publication

from catalog.domain.errors import Conflict, StoreUnavailable
from catalog.store.unit_of_work import Store

ORDERS = key()


def race(store: Store, attempts: int) -> dict[str, object]:
    """Publish what each look at the row version suggests; somebody may have been faster, or too slow to wait for."""
    won, lost = [], 0
    for _ in range(attempts):
        with store.open(ANA, read_only=True) as unit:
            seen = unit.row_version(ORDERS)
        draft = product_draft(version=f"1.0.{seen + 1}")
        try:
            with store.open(ANA) as unit:
                unit.recall("publish", draft.version, "sha256:body")  # a read before the first write
                unit.advance(ORDERS, seen)
                write_publication(unit, draft)
                unit.commit()
            won.append(draft.version)
        except (Conflict, StoreUnavailable):
            lost += 1
    return {"won": won, "lost": lost}


if __name__ == "__main__":
    opened = Store(sys.argv[1], StandingClock())
    print(json.dumps(race(opened, int(sys.argv[2]))))
    opened.close()
