"""Running a compiled query, unless its answer is known: for the same data, definition and grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.domain.cancellation import Cancellation
from catalog.domain.dataset import Dataset
from catalog.domain.errors import EngineError
from catalog.domain.sql_engine import SqlQuery
from catalog.engine.result_cache import ComputedResult
from catalog.metrics.compile import CompiledQuery
from catalog.metrics.unanswered import refused_by_data
from catalog.serving.metric_read.evidence import Evidence
from catalog.serving.metric_read.served_metric import ServedMetric

_MILLISECONDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides an answer; two questions that differ in anything never share one.

    `parameters` are spelled with their types, because `1`, `1.0` and `True` are one to Python and three to SQL.
    `grants` are the actor's team and roles: whatever a filter or a mask may be made from beyond them has to
    stand in the SQL or in its parameters.
    """

    sql: str
    parameters: str
    datasets: tuple[Dataset, ...]
    definitions: tuple[tuple[str, str, str], ...]
    grants: tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]


def question_of(
    plan: CompiledQuery, served: tuple[ServedMetric, ...], datasets: tuple[Dataset, ...], actor: Actor
) -> Question:
    """The question that this actor asks of this data."""
    versions = [one.version for one in served]
    return Question(
        plan.sql,
        repr(plan.parameters),
        datasets,
        tuple((str(one.key), one.version, one.digest) for one in versions),
        (actor.team, tuple(sorted((domain, tuple(sorted(roles))) for domain, roles in actor.roles.items()))),
    )


@dataclass(frozen=True, slots=True)
class Execution:
    """A result, whether it was known, and which of its relations are still what they were when it was asked."""

    computed: ComputedResult
    cached: bool
    unchanged: frozenset[str]


def known(question: Question, evidence: Mapping[str, Evidence], services: Services) -> Execution | None:
    """The answer to the question, if it is known."""
    computed = services.result_cache.get(question)
    return None if computed is None else Execution(computed, True, frozenset(evidence))


def compute(
    plan: CompiledQuery,
    question: Question,
    evidence: Mapping[str, Evidence],
    services: Services,
    cancellation: Cancellation,
) -> Execution:
    """The engine's answer; one that was computed while data changed is given, marked, and not kept."""
    computed = _computed(plan, question.datasets, services, cancellation)
    unchanged = frozenset(name for name, one in evidence.items() if services.locator.verify(one.dataset))
    if len(unchanged) == len(evidence):
        services.result_cache.put(question, computed)
    return Execution(computed, False, unchanged)


def _computed(
    plan: CompiledQuery, datasets: tuple[Dataset, ...], services: Services, cancellation: Cancellation
) -> ComputedResult:
    deadline = services.settings.engine_deadline_seconds
    query = SqlQuery(
        plan.sql, datasets, plan.parameters, deadline_seconds=deadline, cancellation=cancellation
    )
    started = perf_counter()
    try:
        result = services.sql_engine.run(query)
    except EngineError as trouble:
        raise refused_by_data(plan, trouble) from trouble
    return ComputedResult(result, services.clock.now(), _MILLISECONDS * (perf_counter() - started))
