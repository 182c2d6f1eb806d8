"""From the name of a metric to the version that is offered first, if the actor may read it."""

from collections.abc import Callable
from dataclasses import dataclass

from catalog.access.actor import Actor
from catalog.access.decide import AccessDecision, decide, unseen
from catalog.access.exposure import exposure_of
from catalog.access.permission import Permission
from catalog.domain.draft import Draft, MetricContent
from catalog.domain.errors import NotFound, Refused
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKind
from catalog.domain.metric import Metric, SemanticManifest
from catalog.registry.ports import PublishedVersion
from catalog.store.offers import Asked
from catalog.store.unit_of_work import StoreUnit


@dataclass(frozen=True, slots=True)
class ServedMetric:
    """A metric in the version that is read, with everything it is made of and why it may be read."""

    version: PublishedVersion
    draft: Draft
    metric: Metric
    closure: SemanticManifest
    decision: AccessDecision


def resolve(
    name: str, actor: Actor, unit: StoreUnit, refused: Callable[[PublishedVersion], object]
) -> ServedMetric:
    """The version that is offered first of a metric by its plain or qualified name.

    Raises `NotFound` for what is not there and for what the actor may not see, which `refused` is told first;
    `Refused` for a name that several domains serve.
    """
    domain, _, plain = name.rpartition(".")
    found = unit.offers(Asked(AssetKind.METRIC, plain, domain))
    keys = list(dict.fromkeys(one.version.key for one in found))
    if len(keys) > 1:
        meant = " or ".join(key.qualified_name for key in keys)
        finding = FindingCode.METRIC_NAME_AMBIGUOUS.found(
            f"{name} may mean {meant}.", remedy="Name the domain."
        )
        raise Refused(finding.message, findings=[finding])
    if not found:
        raise NotFound(f"There is no metric {name} that you may see.")
    version, draft = found[0].version, found[0].draft
    if not isinstance(draft.content, MetricContent):
        raise unseen(version.key)
    decision = decide(
        actor, Permission.ASSET_DATA_READ, key=version.key, exposure=exposure_of(draft, version.status)
    )
    if not decision.allowed:
        refused(version)
        raise unseen(version.key)
    return ServedMetric(version, draft, draft.content.metric, draft.content.closure, decision)
