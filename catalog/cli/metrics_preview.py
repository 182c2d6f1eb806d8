"""`concord metrics preview`: the answer of a question over files, before anything is published."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, folder
from catalog.cli.metric_question import add_question, asked
from catalog.cli.metrics_compile import add_definitions, definitions
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import EngineError, NotFound

if TYPE_CHECKING:
    from catalog.domain.dataset import Dataset

_ENDINGS = (".parquet", ".csv", ".json")


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord metrics preview METRIC --from PATH --data DIR`."""
    parser = add_command(
        commands,
        shared,
        "preview",
        run,
        help="answer a question over the files of a folder; the number is not governed, nothing judged it",
        examples=["concord metrics preview revenue --from . --data seeds --group-by metric_time__month"],
    )
    add_definitions(parser)
    parser.add_argument(
        "--data",
        type=folder,
        required=True,
        metavar="DIR",
        help="the folder with one Parquet, CSV or JSON file for each table, of its name",
    )
    add_question(parser)


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 with rows; nothing is stored, logged or vouched for."""
    from catalog.bootstrap import Services
    from catalog.domain.sql_engine import SqlQuery
    from catalog.metrics import compile_query
    from catalog.metrics.unanswered import refused_by_data
    from catalog.serving.json_value import value_of

    manifest = definitions(given)
    sources = {one.name: one.relation for one in manifest.semantic_models}
    sources |= {one.name: one.relation for one in manifest.time_spines}
    compiled = compile_query(manifest, asked(given), relations={name: name for name in sources}, bind=True)
    datasets = tuple(_dataset(name, sources[name], given.data) for name in compiled.models)
    with Services(settings) as services:
        engine = services.sql_engine
        compiled.refuse_misfits(
            {one.name: {each.name: each.type for each in engine.describe(one)} for one in datasets}
        )
        query = SqlQuery(
            compiled.sql, datasets, compiled.parameters, deadline_seconds=settings.engine_deadline_seconds
        )
        try:
            answer = engine.run(query)
        except EngineError as trouble:
            raise refused_by_data(compiled, trouble) from trouble
        names, rows = [column.name for column in answer.columns], answer.rows()
    output.document(
        {
            "columns": names,
            "rows": [value_of(row) for row in rows],
            "truncated": answer.truncated,
            "estimates": dict(compiled.estimates),
        }
    )
    output.table(names, rows)
    for name, error in compiled.estimates.items():
        about = f", standard error {error:.1%}" if error else ""
        output.line(f"{name} is estimated, as it declares{about}.", "yellow")
    output.line("Not governed: nothing has judged these definitions or this data.", "yellow")
    return 0


def _dataset(name: str, relation: str, data: Path) -> "Dataset":
    """The file of the table's own name; raises `NotFound` where there is none."""
    from catalog.domain.data_contract import DataContract, SchemaObject, Server
    from catalog.engine.source import RootedLocator

    table = relation.rpartition(".")[2]
    found = [ending for ending in _ENDINGS if (data / f"{table}{ending}").is_file()]
    if not found:
        raise NotFound(
            f"There is no file of the table {table} in {data}.",
            remedy=f"put {table}.parquet, {table}.csv or {table}.json there",
        )
    item = SchemaObject(name, physical_name=table)
    server = Server("files", "local", options={"path": f"{table}{found[0]}"})
    contract = DataContract(
        id=name, name=name, version="0.0.0", api_version="v3.1.0", servers=(server,), schema=(item,)
    )
    located = RootedLocator(data).locate(contract, item)
    return replace(located, name=name)
