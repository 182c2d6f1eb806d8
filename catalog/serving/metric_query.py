"""One governed read, the same behind every door: resolve, decide, locate, compile, run, log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from catalog.access.actor import Actor
from catalog.access.decide import decide, unseen
from catalog.access.permission import Permission
from catalog.bootstrap import Services
from catalog.domain.cancellation import Cancellation
from catalog.domain.settlement import Settlement
from catalog.metrics.compile import CompiledQuery
from catalog.metrics.query import MetricQuery
from catalog.registry.settled import standing
from catalog.serving.metric_read.access import log_read, log_refused, logged_beside
from catalog.serving.metric_read.answer import MetricAnswer
from catalog.serving.metric_read.evidence import Evidence, evidence_of, facts_of
from catalog.serving.metric_read.execution import Execution, compute, known, question_of
from catalog.serving.metric_read.merged import Closures, compiled, merged
from catalog.serving.metric_read.rollups import Rolled, fresh, rolled
from catalog.serving.metric_read.served_metric import ServedMetric, resolve
from catalog.serving.metric_read.standing import versions_read
from catalog.store.unit_of_work import StoreUnit


def query_metrics(
    query: MetricQuery, actor: Actor, services: Services, *, cancellation: Cancellation | None = None
) -> MetricAnswer:
    """Answer one query; every metric read is logged, refused ones too.

    Names are `metric` where one domain serves it, else `domain.metric`. Raises `NotFound` for what the actor
    may not see, `Refused` with findings for a query that has no right answer, and the engine's errors.
    `cancellation` ends the query in the engine when nobody waits for it any more.
    """
    asked = _asked(query, actor, services)
    question = question_of(asked.over.plan, asked.served, asked.over.datasets, actor)
    versions = [one.version for one in asked.served]
    remembered = known(question, asked.evidence, services)
    if remembered:
        answer = _answer(asked, remembered)
        log_read(actor, versions, query, len(answer.rows), services)
        return answer
    with logged_beside(actor, versions, query, services) as under_way:
        run = compute(asked.over.plan, question, asked.evidence, services, cancellation or Cancellation())
        answer = _answer(asked, run)
        under_way.rows = len(answer.rows)
    return answer


def explain_metrics(query: MetricQuery, actor: Actor, services: Services) -> CompiledQuery:
    """The plan and SQL of a query without running it; for those who may see the SQL of all its metrics."""
    with services.store.open(actor, read_only=True) as unit:
        served = _served(query, actor, services, unit)
        plan, _ = _compiled(query, served)
    if not _may_see_sql(actor, served):
        raise unseen(served[0].draft.key)
    return plan


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that is known of a query before it is run; `sql` is what the actor may see of it."""

    served: tuple[ServedMetric, ...]
    settled: tuple[Settlement | None, ...]
    evidence: Mapping[str, Evidence]
    over: Rolled
    sql: str


def _asked(query: MetricQuery, actor: Actor, services: Services) -> _Asked:
    with services.store.open(actor, read_only=True) as unit:
        served = _served(query, actor, services, unit)
        plan, closures = _compiled(query, served)
        manifest = merged(closures)
        reads = versions_read(served, plan)
        evidence = {
            name: evidence_of(name, reads.get(name, ""), manifest, services, unit) for name in plan.models
        }
        plan.refuse_misfits({name: one.types for name, one in evidence.items()})
        candidates = fresh(closures, evidence, services.sql_engine.version, unit)
        settled = tuple(_settled(one, unit) for one in served)
    over = rolled(closures, _plainly(query, served), candidates, evidence, services)
    return _Asked(served, settled, evidence, over, over.plan.sql if _may_see_sql(actor, served) else "")


def _served(
    query: MetricQuery, actor: Actor, services: Services, unit: StoreUnit
) -> tuple[ServedMetric, ...]:
    refused = partial(log_refused, actor, services=services)
    return tuple(resolve(name, actor, unit, refused) for name in query.metrics)


def _settled(served: ServedMetric, unit: StoreUnit) -> Settlement | None:
    name = served.version.key.name
    return unit.once(("standing", name), lambda: standing(name, unit))


def _compiled(query: MetricQuery, served: tuple[ServedMetric, ...]) -> tuple[CompiledQuery, Closures]:
    closures = Closures.of(one.draft for one in served)
    return compiled(closures, _plainly(query, served)), closures


def _plainly(query: MetricQuery, served: tuple[ServedMetric, ...]) -> MetricQuery:
    """The query by the metrics' plain names."""
    return replace(query, metrics=tuple(one.metric.name for one in served))


def _answer(asked: _Asked, run: Execution) -> MetricAnswer:
    computed, plan = run.computed, asked.over.plan
    return MetricAnswer(
        columns=computed.result.columns,
        rows=computed.result.rows(),
        truncated=computed.result.truncated,
        sql=asked.sql,
        explanation=plan.plan.explain() if asked.sql else "",
        rollups=asked.over.names,
        facts=tuple(
            facts_of(one, asked.evidence, run.unchanged, settlement, plan.estimates)
            for one, settlement in zip(asked.served, asked.settled, strict=True)
        ),
        cached=run.cached,
        computed_at=computed.at,
        milliseconds=computed.milliseconds,
    )


def _may_see_sql(actor: Actor, served: tuple[ServedMetric, ...]) -> bool:
    """SQL names tables and columns: only those who keep the metrics' domains see it."""
    return all(decide(actor, Permission.DOMAIN_QUALITY_RUN, key=one.version.key).allowed for one in served)
