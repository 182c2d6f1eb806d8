"""What a process that starts with nothing finds in a folder of views, each the canonical JSON that a record keeps.

`policy_peers` starts it beside conftest, and so it imports nothing that it does not need.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.errors import CatalogError
from catalog.policy.load import load_bundle
from catalog.policy.many import evaluate_many
from catalog.policy.written import read_written
from catalog.resources import resource_directory

DEADLINE_SECONDS = 60.0


def judged(documents: Path) -> list[list[str]]:
    """The id and path of each violation, by document."""
    bundle = load_bundle(resource_directory("policies"))
    views = (read_written(path.read_bytes()) for path in sorted(documents.iterdir()))
    engine = EmbeddedRego()
    try:
        found = []
        for answer in evaluate_many(views, bundle, engine, deadline_seconds=DEADLINE_SECONDS):
            assert not isinstance(answer, CatalogError), answer
            found.append(sorted(f"{one.id} {one.path}" for one in answer))
        return found
    finally:
        engine.close()


if __name__ == "__main__":
    print(sum(map(len, judged(Path(sys.argv[1])))))
