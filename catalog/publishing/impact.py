"""Whom a draft reaches: every served metric that is made from it, and who reads those."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from catalog.domain.document import Document
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.standing import Standing
from catalog.lineage.impact import Fate, fate_over
from catalog.manifests.read import read
from catalog.publishing.facts import Facts
from catalog.publishing.lineage import columns_of
from catalog.publishing.standing import Standings, object_of
from catalog.registry.column_fit import changes_of_column
from catalog.registry.compatibility import AffectedMetric, ChangeKind, Compatibility, Consumer
from catalog.registry.served import Served


def impact_of(draft: Draft, facts: Facts, compatibility: Compatibility) -> tuple[AffectedMetric, ...]:
    """Every served metric that would not read on as before, by key and version; nothing for a first version."""
    if facts.previous is None:
        return ()
    if isinstance(draft.content, MetricContent):
        return tuple(_made_with_metric(draft, facts, compatibility))
    return tuple(_made_from_product(draft, facts))


def to_plain(impact: Sequence[AffectedMetric]) -> list[dict[str, Any]]:
    """As plain JSON values, for records and programs."""
    return [
        {
            "metric": str(one.key),
            "version": one.version,
            "fate": str(one.fate),
            "columns": list(one.columns),
            "reasons": list(one.reasons),
            "consumers": [
                {"team": who.team, "application": who.application, "reads": who.reads}
                for who in one.consumers
            ],
            "saved_queries": list(one.saved_queries),
        }
        for one in impact
    ]


def from_plain(values: Sequence[Mapping[str, Any]]) -> tuple[AffectedMetric, ...]:
    """What `to_plain` wrote."""
    return tuple(
        AffectedMetric(
            AssetKey.parse(one["metric"]),
            one["version"],
            Fate(one["fate"]),
            tuple(one["columns"]),
            tuple(one["reasons"]),
            tuple(Consumer(who["team"], who["application"], who["reads"]) for who in one["consumers"]),
            tuple(one["saved_queries"]),
        )
        for one in values
    )


def _made_with_metric(draft: Draft, facts: Facts, compatibility: Compatibility) -> Iterator[AffectedMetric]:
    """Metrics that hold this one's earlier definition, directly or through others."""
    breaking = [one.message for one in compatibility.changes if one.kind is ChangeKind.BREAKING]
    for one in facts.downstream if breaking else ():
        yield _affected(one, Fate.STAYS, (), (f"it is made with an earlier {draft.key.name}",), facts)


def _made_from_product(draft: Draft, facts: Facts) -> Iterator[AffectedMetric]:
    name = draft.key.qualified_name
    now = Standings.over(facts.served, facts.past)
    then = Standings.over((*facts.served, Served(draft, Status.ACTIVE)), facts.past)
    for one in facts.downstream:
        if isinstance(one.draft.content, ProductContent):
            continue
        before = one.standing or now.of(one.draft)
        fate = fate_over(before, then.of(one.draft, before), name, draft.version)
        changes = dict(_changes(one, before, draft, facts)) if fate else {}
        if fate and changes:
            yield _affected(one, fate, tuple(changes), tuple(dict.fromkeys(changes.values())), facts)


def _changes(one: Served, before: Standing, draft: Draft, facts: Facts) -> Iterator[tuple[str, str]]:
    """What changes in the columns that a metric uses, against what it reads now."""
    name, content = draft.key.qualified_name, draft.content
    versions = {
        each.draft.version: each.draft.content for each in facts.served if each.draft.key == draft.key
    }
    read = {source.reads for source in before.sources if source.product == name}
    assert isinstance(content, ProductContent)
    for (product, relation), used in columns_of(one.draft).items():
        after = object_of(content, relation)
        for version in read if product == name else ():
            earlier = versions.get(version)
            past = object_of(earlier, relation) if isinstance(earlier, ProductContent) else None
            if past is not None and after is None:
                yield relation, f"{relation} is gone"
            elif past is not None and after is not None:
                for column in used:
                    for change in changes_of_column(column, past, after):
                        if change.kind is not ChangeKind.EDITORIAL:
                            yield f"{after.name}.{column}", change.message


def _affected(
    one: Served, fate: Fate, columns: tuple[str, ...], reasons: tuple[str, ...], facts: Facts
) -> AffectedMetric:
    key, version = one.draft.key, one.draft.version
    asking = _saved_queries(one.draft.documents, key.name)
    return AffectedMetric(key, version, fate, columns, reasons, facts.readers.get(key, ()), asking)


@lru_cache(maxsize=1024)
def _saved_queries(documents: tuple[Document, ...], metric: str) -> tuple[str, ...]:
    return tuple(one.name for one in read(documents).semantic.saved_queries if metric in one.metrics)
