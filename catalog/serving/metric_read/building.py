"""Building pre-aggregations: through the fenced engine into Parquet, recorded with the data they came from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from catalog.access.actor import Actor
from catalog.access.decide import decide, require
from catalog.access.permission import Permission
from catalog.bootstrap import Services
from catalog.domain.dataset import Dataset
from catalog.domain.errors import Refused
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKind
from catalog.domain.rollup import BuiltRollup
from catalog.domain.sql_engine import SqlQuery, SqlResult
from catalog.metrics.rolled_up_measure import is_exact
from catalog.metrics.rollup.building import INEXACT, RollupQuery, rollup_query
from catalog.serving.metric_read.evidence import evidence_of
from catalog.serving.metric_read.merged import Closures, merged
from catalog.serving.metric_read.rollups import DeclaredRollup, rollups_of
from catalog.serving.metric_read.served_metric import ServedMetric, resolve
from catalog.store.projections.assets import Assets

_MOST_ROWS: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class BuildOutcome:
    """What became of one pre-aggregation; `inexact` are measures whose sums depend on the order of rows."""

    name: str
    rows: int
    was_fresh: bool
    inexact: tuple[str, ...]


def build_rollups(names: Iterable[str], actor: Actor, services: Services) -> Iterator[BuildOutcome]:
    """Build what the metrics declare, all served metrics of the actor's domains where no name is given.

    What is true for the data as it is stays. Raises `NotFound` and `Forbidden` as reads do, `Refused` where the
    data cannot be read or changes meanwhile, and the engine's errors.
    """
    met: set[str] = set()
    for metric in _asked(tuple(names), actor, services):
        closures = Closures.of([metric.draft])
        for one in rollups_of(closures, services.sql_engine.version):
            if one.definition not in met:
                met.add(one.definition)
                yield _built(one, metric, closures, actor, services)


def _asked(names: tuple[str, ...], actor: Actor, services: Services) -> Iterator[ServedMetric]:
    with services.store.open(actor, read_only=True) as unit:
        wanted = names or tuple(
            row.key.qualified_name
            for row in unit.read(Assets(AssetKind.METRIC, limit=10_000))
            if _may_build(actor, row.key.domain)
        )
        found = [resolve(name, actor, unit, lambda _: None) for name in wanted]
    for one in found:
        require(actor, Permission.DOMAIN_QUALITY_RUN, key=one.version.key)
    yield from found


def _may_build(actor: Actor, domain: str) -> bool:
    return decide(actor, Permission.DOMAIN_QUALITY_RUN, domain=domain).allowed


def _built(
    one: DeclaredRollup, metric: ServedMetric, closures: Closures, actor: Actor, services: Services
) -> BuildOutcome:
    standing = metric.version.standing
    reads = {source.model: source.reads for source in standing.sources} if standing else {}
    with services.store.open(actor, read_only=True) as unit:
        model = one.model.name
        dataset = evidence_of(model, reads.get(model, ""), merged(closures), services, unit).dataset
        (known,) = unit.rollups.of([one.definition]) or (None,)
    if known and known.source == dataset.fingerprint and _is_there(known, services):
        return _outcome(one, known, was_fresh=True)
    built = _computed(one, dataset, services)
    with services.store.open(actor) as unit:
        unit.rollups.put(built)
        detail = {"rollup": str(one.declared), "rows": built.rows, "source": built.source}
        unit.record("metric.rollup.built", str(metric.version.key), detail)
        unit.commit()
    return _outcome(one, built, was_fresh=False)


def _computed(one: DeclaredRollup, dataset: Dataset, services: Services) -> BuiltRollup:
    query = rollup_query(one.model, one.declared)
    deadline = services.settings.engine_deadline_seconds
    result = services.sql_engine.run(
        SqlQuery(query.sql, (dataset,), row_limit=_MOST_ROWS, deadline_seconds=deadline)
    )
    if result.truncated or not services.locator.verify(dataset):
        raise _not_built(one, too_large=result.truncated)
    files = services.rollup_files
    written = files.write(one.definition, dataset.fingerprint, result, query.columns)
    return BuiltRollup(
        definition=one.definition,
        source=dataset.fingerprint,
        name=str(one.declared),
        file=written.name,
        fingerprint=written.fingerprint,
        types=_types(query, result),
        exact_time=files.total(result, INEXACT) == 0,
        rows=files.rows(result),
        built_at=services.clock.now(),
    )


def _types(query: RollupQuery, result: SqlResult) -> tuple[tuple[str, str], ...]:
    return tuple((query.columns[one.name], one.type) for one in result.columns if one.name in query.columns)


def _is_there(known: BuiltRollup, services: Services) -> bool:
    return services.rollup_files.open(known.file, known.fingerprint, known.name) is not None


def _outcome(one: DeclaredRollup, built: BuiltRollup, *, was_fresh: bool) -> BuildOutcome:
    types = dict(built.types)
    measures = (each for each in one.model.measures if each.name in one.declared.measures)
    inexact = tuple(each.name for each in measures if not is_exact(each.agg, types[each.name]))
    return BuildOutcome(str(one.declared), built.rows, was_fresh, inexact)


def _not_built(one: DeclaredRollup, *, too_large: bool) -> Refused:
    reason = f"has more than {_MOST_ROWS} rows" if too_large else "was built while its data changed"
    finding = FindingCode.PRE_AGGREGATION_INVALID.at(
        one.model.place,
        f"{one.declared} {reason}; nothing was kept.",
        remedy="Give it fewer dimensions or a coarser granularity." if too_large else "Build it again.",
    )
    return Refused(finding.message, findings=[finding])
