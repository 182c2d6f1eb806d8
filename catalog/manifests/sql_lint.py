"""What is wrong with SQL that people wrote, though it runs: facts for rules, which decide how much they weigh."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from sqlglot import exp

from catalog.manifests.sql_fault import SqlFault
from catalog.manifests.sql_text import sql_tree


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A table that SQL may read: logical types of its columns, and those it is partitioned by; small letters."""

    types: Mapping[str, str] = field(default_factory=dict)
    partitions: frozenset[str] = frozenset()


Tables = Mapping[str, SqlTable]
_Named = tuple[tuple[str, tuple[tuple[str, str], ...], frozenset[str]], ...]
_FAMILIES: Final = {
    "boolean": "boolean",
    "date": "time",
    "integer": "number",
    "number": "number",
    "string": "text",
    "time": "time",
    "timestamp": "time",
}
_COMPARED: Final = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
_CHANGING: Final = (
    exp.CurrentDate, exp.CurrentDatetime, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentUser,
    exp.Localtime, exp.Localtimestamp, exp.Rand, exp.Randn, exp.TableSample, exp.Uuid,
)  # fmt: skip
_CHANGING_NAMES: Final = frozenset({
    "clock_timestamp", "gen_random_uuid", "getdate", "nextval", "now", "random", "setseed",
    "statement_timestamp", "sysdate", "systimestamp", "timeofday", "today", "transaction_timestamp", "uuid",
})  # fmt: skip


def sql_faults(text: str, tables: Tables) -> tuple[tuple[SqlFault, str], ...]:
    """Each fault with what it is about, once, in the order of the kinds; none for text that cannot be read.

    `tables` are the tables by name in small letters; what is not among them has no types. An expression
    without a SELECT reads the one table that there is.
    """
    named = ((name, tuple(table.types.items()), table.partitions) for name, table in tables.items())
    return _known_faults(text, tuple(named))


@lru_cache(maxsize=4_096)
def _known_faults(text: str, named: _Named) -> tuple[tuple[SqlFault, str], ...]:
    tree = sql_tree(text)
    if tree is None:
        return ()
    tables = {name: SqlTable(dict(types), partitions) for name, types, partitions in named}
    own = {one.alias.lower() for one in tree.find_all(exp.CTE)}
    known = {name: table for name, table in tables.items() if name not in own}
    return tuple(dict.fromkeys(sorted(_faults(tree, known))))


def _faults(tree: exp.Expr, tables: Tables) -> Iterator[tuple[SqlFault, str]]:
    for node in tree.find_all(*_CHANGING):
        yield SqlFault.NON_DETERMINISTIC, node.sql("duckdb")[:80]
    for node in tree.find_all(exp.Anonymous):
        if node.name.lower() in _CHANGING_NAMES:
            yield SqlFault.NON_DETERMINISTIC, f"{node.name}()"
    selects = [*tree.find_all(exp.Select)]
    for select in selects:
        yield from _of_select(select, _read(select, tables))
    for node in tree.find_all(*_COMPARED, exp.Between, exp.In):
        scope = node.find_ancestor(exp.Select)
        yield from _cast(node, _read(scope, tables) if isinstance(scope, exp.Select) else tables)


def _of_select(select: exp.Select, read: Tables) -> Iterator[tuple[SqlFault, str]]:
    if not isinstance(select.parent, exp.Exists):
        for one in select.expressions:
            if isinstance(one, exp.Star) or (isinstance(one, exp.Column) and isinstance(one.this, exp.Star)):
                yield SqlFault.EVERY_COLUMN, one.sql("duckdb")
    for join in select.args.get("joins") or ():
        if _crosses(join, select):
            yield SqlFault.CROSS_JOIN, join.this.alias_or_name
    conditions = [*_conditions(select)]
    for name, table in read.items():
        filtered = {column.name.lower() for column in conditions if column.table.lower() in {"", name}}
        if table.partitions and not table.partitions & filtered:
            yield SqlFault.UNFILTERED_PARTITION, f"{name} by {', '.join(sorted(table.partitions))}"


def _crosses(join: exp.Join, select: exp.Select) -> bool:
    """Every row with every row: said so, or neither the join nor WHERE has a condition."""
    if join.kind == "CROSS":
        return True
    conditioned = any(join.args.get(key) for key in ("on", "using", "method")) or select.args.get("where")
    return not conditioned and not isinstance(join.this, exp.Unnest | exp.Lateral)


def _conditions(select: exp.Select) -> Iterator[exp.Column]:
    """The columns that rows are chosen by."""
    joins = select.args.get("joins") or ()
    chosen = (select.args.get("where"), *(join.args.get("on") for join in joins))
    for condition in filter(None, chosen):
        yield from condition.find_all(exp.Column)


def _read(select: exp.Select, tables: Tables) -> Tables:
    """The known tables that a SELECT reads itself, by the names it gives them."""
    sources = [select.args.get("from_"), *(select.args.get("joins") or ())]
    named = (one.this for one in sources if one is not None and isinstance(one.this, exp.Table))
    found = ((one.alias_or_name.lower(), tables.get(one.name.lower())) for one in named)
    return {name: table for name, table in found if table is not None}


def _cast(node: exp.Expr, tables: Tables) -> Iterator[tuple[SqlFault, str]]:
    """A comparison whose sides are of different families; a time may be compared with the text that spells it."""
    first, *others = _sides(node)
    for other in others:
        families = {_family(first, tables), _family(other, tables)} - {""}
        spelled = families == {"time", "text"} and any(isinstance(one, exp.Literal) for one in (first, other))
        if len(families) == 2 and not spelled:
            yield SqlFault.IMPLICIT_CAST, node.sql("duckdb")[:80]
            return


def _sides(node: exp.Expr) -> Iterable[exp.Expr]:
    match node:
        case exp.Between():
            return (node.this, node.args["low"], node.args["high"])
        case exp.In():
            return (node.this, *node.expressions)
        case _:
            return (node.this, node.expression)


def _family(node: exp.Expr, tables: Tables) -> str:
    """Text, number, boolean or time; empty where nothing is known."""
    bare = node.unnest()
    if isinstance(bare, exp.Literal):
        return "text" if bare.is_string else "number"
    if isinstance(bare, exp.Boolean):
        return "boolean"
    if not isinstance(bare, exp.Column):
        return ""
    named = [tables[bare.table.lower()]] if bare.table.lower() in tables else []
    holders = named if bare.table else [one for one in tables.values() if bare.name.lower() in one.types]
    types = {one.types.get(bare.name.lower(), "") for one in holders}
    return _FAMILIES.get(types.pop(), "") if len(types) == 1 else ""
