"""Does the data keep what the semantic models promise? One statement per relation, findings in the YAML."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from catalog.domain.dataset import Dataset
from catalog.domain.errors import EngineError
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import SemanticModel, TimeSpine
from catalog.domain.sql_engine import SqlEngine
from catalog.metrics.live.filters import filter_misfits
from catalog.metrics.live.measured import Measured, measured
from catalog.metrics.live.probe import RELATION, Probe
from catalog.metrics.live.spine import judged_spine
from catalog.metrics.live.type_fit import misfit
from catalog.metrics.lookup import similar

_NONE: Final[Mapping[str, Dataset]] = MappingProxyType({})


def check_live(
    manifest: SemanticManifest,
    datasets: Mapping[str, Dataset],
    engine: SqlEngine,
    *,
    deadline_seconds: float,
    spines: Mapping[str, Dataset] = _NONE,
) -> tuple[Finding, ...]:
    """All findings about the models whose data is among `datasets`, and spines with data in `spines`, by name.

    Columns exist, types fit their use and each other, in expressions and filters; declared keys are unique, windows of
    validity do not overlap, spines have each moment once. `deadline_seconds` is wall time for all together; what is not
    measured by then, or what the engine does not answer, is an error: nothing is known of it.
    """
    ends = time.monotonic() + deadline_seconds
    found: list[Finding] = []
    types: dict[str, Mapping[str, str]] = {}
    for model in manifest.semantic_models:
        if model.name in datasets:
            found += _judged(model, datasets[model.name], engine, ends, types)
    for spine in manifest.time_spines:
        if spine.name in spines:
            found += _judged_spine(spine, spines[spine.name], engine, ends)
    found += filter_misfits(manifest, types)
    return tuple(dict.fromkeys(found))


def _judged(
    model: SemanticModel,
    dataset: Dataset,
    engine: SqlEngine,
    ends: float,
    types: dict[str, Mapping[str, str]],
) -> Iterator[Finding]:
    """One model's findings; the types of its columns are added to `types`."""
    data = replace(dataset, name=RELATION)
    try:
        columns = {one.name.lower(): one.type for one in engine.describe(data)}
        types[model.name] = columns
        probe = Probe(model, columns)
        yield from (_missing(model, one.name, name, probe, one.place) for one, name in probe.missing())
        yield from (finding for _, finding in probe.mixed())
        sql = probe.statement().sql("duckdb")
        answer = measured(sql, data, engine, max(ends - time.monotonic(), 0.001))
    except EngineError as trouble:
        yield _unmeasured(model, trouble)
        return
    yield from _misfits(model, probe, answer)
    yield from _broken(model, probe, answer)


def _judged_spine(spine: TimeSpine, dataset: Dataset, engine: SqlEngine, ends: float) -> Iterator[Finding]:
    try:
        yield from judged_spine(spine, dataset, engine, ends)
    except EngineError as trouble:
        yield _unmeasured(spine, trouble)


def _misfits(model: SemanticModel, probe: Probe, answer: Measured) -> Iterator[Finding]:
    for number, one in enumerate(probe.elements()):
        type_name = answer.types[f"type_{number}"]
        if why := misfit(one, type_name):
            yield FindingCode.METRIC_TYPE_MISMATCH.at(
                one.place,
                f"{one.name} of {model.name} is {type_name} in the data; {why}.",
                remedy="Name another column, or cast it in expr.",
            )


def _broken(model: SemanticModel, probe: Probe, answer: Measured) -> Iterator[Finding]:
    for number, key in enumerate(probe.keys()):
        if times := answer.row[f"repeats_{number}"]:
            yield FindingCode.METRIC_KEY_REPEATED.at(
                key.place,
                f"The {key.type} entity {key.name} of {model.name} repeats in {times:,} of "
                f"{answer.row['rows_read']:,} rows: a join over it would repeat rows too.",
                remedy="Declare the entity foreign, or name the key of which each row has its own.",
            )
    if times := answer.row.get("overlaps"):
        yield FindingCode.METRIC_VALIDITY_OVERLAPS.at(
            model.place,
            f"{times:,} rows of {model.name} are still valid when the next row of their key begins.",
            remedy="End each row where the next one begins.",
        )


def _missing(model: SemanticModel, name: str, lost: str, probe: Probe, place: Place) -> Finding:
    return FindingCode.METRIC_COLUMN_MISSING.at(
        place,
        f"{name} of {model.name} reads the column {lost}, which the data has not.",
        remedy=f"{similar(lost.lower(), probe.columns)}Name a column of {model.relation}.",
    )


def _unmeasured(model: SemanticModel | TimeSpine, trouble: EngineError) -> Finding:
    return FindingCode.METRIC_DATA_UNCHECKED.at(
        model.place,
        f"The data of {model.name} could not be held against its definition: {trouble.message}",
        remedy="Try again; a larger relation may need a longer deadline.",
    )
