"""Does reconciliation find the same meaning in other words, and nothing else? Precision and recall.

The labelled pairs are rewrites of every metric of the fixture manifests (set CONCORD_FIXTURES to their folder).
Both metrics of a pair are also run on the fixture tables: what is called the same must give the same numbers.
"""

import os
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "flows"))

from metric_numbers import agree, numbers, tables
from metric_rewrites import Source, pairs, sources

from catalog.manifests.digest import digest_of
from catalog.metrics.definition import definition_of, meaning_of

LEAST = 0.95
SHARED = Path(__file__).resolve().parents[2] / "shared" / "fixtures"


@cache
def digests(source: Source) -> tuple[str, str]:
    """Of what the metric means, and of its definition to the last detail."""
    manifest = source.semantic()
    metric = next(one for one in manifest.metrics if one.name == source.name)
    definition = definition_of(metric, manifest)
    return digest_of(meaning_of(definition)), digest_of(definition)


def main() -> int:
    """Print the figures; 1 when one of them is below 0.95, or a pair called the same gives other numbers."""
    folder = Path(os.environ.get("CONCORD_FIXTURES", SHARED)) / "metricflow"
    found = list(pairs(sources(folder)))
    started = time.perf_counter()
    said = [digests(pair.one)[0] == digests(pair.other)[0] for pair in found]
    seconds = time.perf_counter() - started
    counted = Counter(zip((pair.same for pair in found), said, strict=True))
    precision = counted[True, True] / max(1, counted[True, True] + counted[False, True])
    recall = counted[True, True] / max(1, counted[True, True] + counted[True, False])
    print(
        f"{len(found)} pairs: {counted[True, True] + counted[True, False]} labelled the same, the rest different"
    )
    print(f"precision {precision:.4f}, recall {recall:.4f} (at least {LEAST}); {seconds:.1f} s")
    for pair in (pair for pair, same in zip(found, said, strict=True) if same is not pair.same):
        print(f"  {'not found' if pair.same else 'taken for the same'}: {pair.title}")
    ran, wrong, differing, apart = 0, 0, 0, 0
    with tables(folder) as database:
        asked = cache(lambda source: numbers(source, database))
        for pair, same in zip(found, said, strict=True):
            one, other = asked(pair.one), asked(pair.other)
            ran += 1
            if same and not agree(one, other):
                wrong += 1
                print(f"  the same, with other numbers: {pair.title}")
            apart += not same
            differing += not same and not agree(one, other)
    print(f"run on the fixture tables: {ran} pairs, {wrong} called the same with other numbers;")
    print(f"  of {apart} called different {differing} give other numbers on these tables")
    return int(min(precision, recall) < LEAST or wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
