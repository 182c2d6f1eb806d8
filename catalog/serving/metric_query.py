"""One governed read, the same behind every door: resolve, decide, locate, compile, run, log."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from catalog.access.access_event import AccessEvent
from catalog.access.actor import Actor
from catalog.access.decide import AccessDecision, decide, unseen
from catalog.access.exposure import exposure_of
from catalog.access.permission import Permission
from catalog.bootstrap import Services
from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.dataset import Dataset
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.errors import NotFound, Refused
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import is_served
from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import SemanticModel
from catalog.domain.sql_engine import ResultColumn, SqlQuery
from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.query import MetricQuery
from catalog.publishing.certification import certification_of
from catalog.registry.ports import PublishedVersion
from catalog.store.projections.assets import Assets
from catalog.store.unit_of_work import StoreUnit

_MERGED_MANIFESTS: Final = 256


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """Why one metric's number may be trusted, and how far.

    `quality` is `passed`, or `unverified` when the data changed since it was measured; `measured_at` is when.
    """

    key: AssetKey
    version: str
    status: str
    certified: bool
    tier: str
    owner: str
    quality: str
    measured_at: datetime | None
    decision_id: str
    notice: str


@dataclass(frozen=True, slots=True)
class MetricAnswer:
    """Columns and rows with the facts behind them; `sql` is empty where the actor may not see it."""

    columns: tuple[ResultColumn, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool
    sql: str
    explanation: str
    facts: tuple[TrustFacts, ...]


@dataclass(frozen=True, slots=True)
class _Behind:
    dataset: Dataset
    measured: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Closures:
    """Drafts never change, so their digests stand for them."""

    digests: tuple[str, ...]
    drafts: tuple[Draft, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class _ServedMetric:
    version: PublishedVersion
    draft: Draft
    metric: Metric
    models: tuple[SemanticModel, ...]
    decision: AccessDecision


def query_metrics(query: MetricQuery, actor: Actor, services: Services) -> MetricAnswer:
    """Answer one query; every metric read is logged, refused ones too.

    Names are `metric` where one domain serves it, else `domain.metric`. Raises `NotFound` for what the actor
    may not see, `Refused` with findings for a query that has no right answer, and the engine's errors.
    """
    with services.store.open(actor, read_only=True) as unit:
        served, compiled = _compiled(query, actor, services, unit)
        behind = {name: _behind(name, served, services, unit) for name in compiled.models}
    answer = _run(compiled, tuple(one.dataset for one in behind.values()), services)
    facts = tuple(_facts(one, behind, services) for one in served)
    _log(services, actor, served, query, allowed=True, rows=len(answer.rows))
    return replace(answer, facts=facts, sql=compiled.sql if _may_see_sql(actor, served) else "")


def explain_metrics(query: MetricQuery, actor: Actor, services: Services) -> CompiledQuery:
    """The plan and SQL of a query without running it; for those who may see the SQL of all its metrics."""
    with services.store.open(actor, read_only=True) as unit:
        served, compiled = _compiled(query, actor, services, unit)
    if not _may_see_sql(actor, served):
        raise unseen(served[0].draft.key)
    return compiled


def _compiled(
    query: MetricQuery, actor: Actor, services: Services, unit: StoreUnit
) -> tuple[tuple[_ServedMetric, ...], CompiledQuery]:
    """The served metrics of the query, and its SQL over relations that are named as the semantic models."""
    served = tuple(_resolve(name, actor, services, unit) for name in query.metrics)
    drafts = tuple(one.draft for one in served)
    manifest = _merged(_Closures(tuple(one.digest for one in drafts), drafts))
    plain = replace(query, metrics=tuple(one.metric.name for one in served))
    relations = {model.name: model.name for model in manifest.semantic_models}
    return served, compile_query(manifest, plain, relations=relations, bind=True)


def _resolve(name: str, actor: Actor, services: Services, unit: StoreUnit) -> _ServedMetric:
    """The version that is offered first of a metric by its plain or qualified name."""
    domain, _, plain = name.rpartition(".")
    found = unit.read(Assets(AssetKind.METRIC, domain=domain, name=plain)) if plain else ()
    offered = {one.key: one.version for one in found if is_served(one.status)}
    if len(offered) > 1:
        meant = " or ".join(key.qualified_name for key in offered)
        finding = FindingCode.METRIC_NAME_AMBIGUOUS.found(
            f"{name} may mean {meant}.", remedy="Name the domain."
        )
        raise Refused(finding.message, findings=[finding])
    for key, offer in offered.items():
        for version in unit.versions.of(key):
            if version.version == offer:
                return _admitted(version, actor, services, unit)
    raise NotFound(f"There is no metric {name} that you may see.")


def _admitted(version: PublishedVersion, actor: Actor, services: Services, unit: StoreUnit) -> _ServedMetric:
    draft = unit.drafts.get(version.key, version.digest)
    if draft is None or not isinstance(draft.content, MetricContent):
        raise unseen(version.key)
    decision = decide(
        actor, Permission.ASSET_DATA_READ, key=version.key, exposure=exposure_of(draft, version.status)
    )
    found = _ServedMetric(
        version, draft, draft.content.metric, draft.content.closure.semantic_models, decision
    )
    if not decision.allowed:
        _log(services, actor, (found,), None, allowed=False, rows=0)
        raise unseen(version.key)
    return found


@lru_cache(maxsize=_MERGED_MANIFESTS)
def _merged(closures: _Closures) -> SemanticManifest:
    """One manifest of all closures; two models of one name must be one and the same.

    Time spines are left out: no product serves them yet, so what needs one is refused by the compiler.
    """
    models: dict[str, SemanticModel] = {}
    metrics: dict[str, Metric] = {}
    for draft in closures.drafts:
        assert isinstance(draft.content, MetricContent)
        closure = draft.content.closure
        for model in closure.semantic_models:
            if models.setdefault(model.name, model) != model:
                raise _apart("semantic model", model.name)
        for metric in (*closure.metrics, draft.content.metric):
            if metrics.setdefault(metric.name, metric) != metric:
                raise _apart("metric", metric.name)
    return SemanticManifest(tuple(models.values()), tuple(metrics.values()))


def _apart(kind: str, name: str) -> Refused:
    finding = FindingCode.METRIC_QUERY_NOT_JOINABLE.found(
        f"The asked metrics define the {kind} {name} differently.", remedy="Ask for them in separate queries."
    )
    return Refused(finding.message, findings=[finding])


def _behind(name: str, served: tuple[_ServedMetric, ...], services: Services, unit: StoreUnit) -> _Behind:
    """The dataset of one semantic model, and what its product's quality run measured."""
    model = next(one for metric in served for one in metric.models if one.name == name)
    version, contract, item = _product_behind(model, unit)
    dataset = services.locator.locate(contract, item)
    run = version.record["payload"].get("quality") or {}
    measured = run.get("fingerprints", {}).get(dataset.name) == dataset.fingerprint
    finished = run.get("finished_at")
    return _Behind(
        replace(dataset, name=name), measured, None if finished is None else datetime.fromisoformat(finished)
    )


def _product_behind(
    model: SemanticModel, unit: StoreUnit
) -> tuple[PublishedVersion, DataContract, SchemaObject]:
    """The served version of the model's product that has the model's object, active ones before deprecated."""
    domain, _, name = model.product.partition(".")
    key = AssetKey(AssetKind.DATA_PRODUCT, domain, name)
    served = [one for one in unit.versions.of(key) if is_served(one.status)]
    for version in sorted(served, key=lambda one: one.status):
        draft = unit.drafts.get(key, version.digest)
        if draft is not None and isinstance(draft.content, ProductContent):
            for contract in draft.content.contracts:
                item = contract.object_named(model.relation)
                if item is not None:
                    return version, contract, item
    finding = FindingCode.METRIC_PRODUCT_NOT_SERVED.at(
        model.place,
        f"{model.product} serves no {model.relation} any more.",
        remedy="Publish the product again, or move the metric to what replaced it.",
    )
    raise Refused(finding.message, findings=[finding])


def _facts(served: _ServedMetric, behind: Mapping[str, _Behind], services: Services) -> TrustFacts:
    """Data that changed since its quality run, or while the query ran, is not verified."""
    own = [behind[model.name] for model in served.models if model.name in behind]
    verified = all(one.measured and services.locator.verify(one.dataset) for one in own)
    version, governance = served.version, served.metric.governance
    return TrustFacts(
        key=version.key,
        version=version.version,
        status=version.status.value,
        certified=certification_of(version).certified,
        tier=governance.tier,
        owner=governance.owner,
        quality="passed" if verified else "unverified",
        measured_at=min((one.at for one in own if one.at is not None), default=None),
        decision_id=version.decision_id,
        notice=version.notice,
    )


def _run(compiled: CompiledQuery, datasets: tuple[Dataset, ...], services: Services) -> MetricAnswer:
    result = services.sql_engine.run(
        SqlQuery(
            compiled.sql,
            datasets,
            compiled.parameters,
            deadline_seconds=services.settings.engine_deadline_seconds,
        )
    )
    return MetricAnswer(result.columns, result.rows(), result.truncated, "", compiled.plan.explain(), ())


def _may_see_sql(actor: Actor, served: tuple[_ServedMetric, ...]) -> bool:
    """SQL names tables and columns: only those who keep the metrics' domains see it."""
    return all(decide(actor, Permission.DOMAIN_QUALITY_RUN, key=one.version.key).allowed for one in served)


def _log(
    services: Services,
    actor: Actor,
    served: tuple[_ServedMetric, ...],
    query: MetricQuery | None,
    *,
    allowed: bool,
    rows: int,
) -> None:
    at = services.clock.now()
    asked = (
        {} if query is None else {"metrics": query.metrics, "group_by": query.group_by, "where": query.where}
    )
    events = [
        AccessEvent(
            at, actor, one.version.key, one.version.version, one.version.decision_id, allowed, rows, asked
        )
        for one in served
    ]
    with services.store.open(actor) as unit:
        unit.access_log.append(events)
        unit.commit()
