"""Saved queries of published metrics, asked by their name."""

from dataclasses import replace
from typing import Final

from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.domain.draft import MetricContent
from catalog.domain.errors import NotFound, Refused, UsageError
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.metric import SemanticManifest
from catalog.metrics.query import MetricQuery
from catalog.metrics.saved import saved_query
from catalog.store.offers import Asked, Offer
from catalog.store.projections.assets import Assets

_MOST_METRICS: Final = 1000


def saved(name: str, asked: MetricQuery, actor: Actor, services: Services) -> MetricQuery:
    """The query that a domain saves under this name, with the further filters and the limit of `asked`.

    `name` is plain where one domain has it, else `domain.name`. Of definitions that were published apart the
    newest counts. Raises `NotFound` where no served metric comes with it, `Refused` for a name of several
    domains, `UsageError` where `asked` says what the saved query says.
    """
    if asked.metrics or asked.group_by or asked.order_by:
        raise UsageError(
            "A saved query has its metrics, groups and order.", remedy="give filters and a limit only"
        )
    domain, _, plain = name.rpartition(".")
    found = _offers(domain, plain, actor, services)
    domains = {offer.version.key.domain for offer in found}
    if len(domains) > 1:
        meant = " or ".join(f"{one}.{plain}" for one in sorted(domains))
        finding = FindingCode.METRIC_NAME_AMBIGUOUS.found(
            f"{name} may mean {meant}.", remedy="Name the domain."
        )
        raise Refused(finding.message, findings=[finding])
    if not found:
        raise NotFound(f"There is no saved query {name} that you may see.")
    newest = max(found, key=lambda offer: offer.version.published_at)
    assert isinstance(newest.draft.content, MetricContent)
    manifest = SemanticManifest(saved_queries=newest.draft.content.saved_queries)
    query = saved_query(manifest, plain, where=tuple(asked.where))
    names = {offer.version.key.name: offer.version.key.qualified_name for offer in found}
    return replace(
        query,
        metrics=tuple(names.get(one, one) for one in query.metrics),
        limit=query.limit if asked.limit is None else asked.limit,
        time_constraint=asked.time_constraint,
    )


def _offers(domain: str, plain: str, actor: Actor, services: Services) -> list[Offer]:
    """What each metric offers first, if it comes with a saved query of that name."""
    with services.store.open(actor, read_only=True) as unit:
        search = Assets(AssetKind.METRIC, domain=domain, search=plain, limit=_MOST_METRICS)
        keys: list[AssetKey] = [row.key for row in unit.read(search)] if plain else []
        first = (unit.offers(Asked(AssetKind.METRIC, key.name, key.domain))[:1] for key in keys)
        return [offer for offers in first for offer in offers if _has(offer, plain)]


def _has(offer: Offer, name: str) -> bool:
    content = offer.draft.content
    return isinstance(content, MetricContent) and any(one.name == name for one in content.saved_queries)
