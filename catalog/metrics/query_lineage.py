"""Which columns each output of a query depends on, read off the tree of its SQL."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlglot import exp

from catalog.domain.lineage import EVERY_ROW, LineageRole, OutputColumn, SourceColumn
from catalog.metrics.dialects.hashed import Hashed

FILTER, GROUP, KEY = LineageRole.FILTER, LineageRole.GROUP, LineageRole.KEY
TIME, VALUE = LineageRole.TIME, LineageRole.VALUE
Sources = frozenset[SourceColumn]
_NONE: Final[Sources] = frozenset()
_OF_TIME: Final = (exp.TimestampTrunc, exp.Extract)
_SAME: Final = (exp.EQ, exp.NullSafeEQ)


def outputs_of(tree: exp.Query) -> tuple[OutputColumn, ...]:
    """The outputs in order.

    A value depends on what it is computed from, on the filters and joins that choose its rows and on what
    groups them; a group-by item on what it shows and on the joins that lead there.
    """
    return tuple(OutputColumn(name, tuple(sorted(sources))) for name, sources in _outputs(tree).items())


@dataclass(frozen=True, slots=True)
class _Scope:
    """One SELECT: a table by its alias is its relation, a sub-query what its outputs depend on."""

    tables: Mapping[str, str]
    queries: Mapping[str, Mapping[str, Sources]]
    counted: str

    def sources(self, tree: exp.Expr | None, role: LineageRole = VALUE) -> Sources:
        """Everything that an expression depends on, in the role that the expression has."""
        found = frozenset(source for used in _used(tree, role) for source in self._resolved(*used))
        if self.counted and tree is not None and any(map(_counts_rows, tree.find_all(exp.AggFunc))):
            found |= {SourceColumn(self.counted, EVERY_ROW, role)}
        return found

    def _resolved(self, one: exp.Column, role: LineageRole) -> Iterator[SourceColumn]:
        if one.table in self.tables:
            yield SourceColumn(self.tables[one.table], one.name, role)
            return
        named = [self.queries[one.table]] if one.table else list(self.queries.values())
        for outputs in named:
            for source in outputs.get(one.name, _NONE):
                yield replace(source, role=_within(role, source.role))


def _outputs(tree: exp.Query) -> dict[str, Sources]:
    if isinstance(tree, exp.Union):
        left, right = _outputs(tree.left), _outputs(tree.right)
        return {name: left[name] | right.get(name, _NONE) for name in left}
    assert isinstance(tree, exp.Select)
    scope = _scope(tree)
    keys = _keys(tree)
    grouped = frozenset(
        source for key in keys for source in scope.sources(key.unalias(), _group_role(key.unalias(), tree))
    )
    joined = _joined(tree, scope)
    chosen = joined | scope.sources(tree.args.get("where"), FILTER)
    found = {}
    for one in tree.expressions:
        own = scope.sources(one.unalias(), _group_role(one.unalias(), tree) if one in keys else VALUE)
        found[one.alias_or_name] = own | (joined if one in keys else chosen | grouped)
    return found


def _scope(tree: exp.Select) -> _Scope:
    tables: dict[str, str] = {}
    queries: dict[str, Mapping[str, Sources]] = {}
    for one in _relations(tree):
        if isinstance(one, exp.Table):
            tables[one.alias_or_name] = ".".join(part.name for part in one.parts)
        elif isinstance(one, exp.Subquery):
            queries[one.alias_or_name] = _outputs(one.this)
    source = tree.args["from_"].this
    return _Scope(tables, queries, tables.get(source.alias_or_name, ""))


def _counts_rows(aggregate: exp.AggFunc) -> bool:
    return aggregate.find(exp.Column) is None


def _relations(tree: exp.Select) -> Iterator[exp.Expr]:
    yield tree.args["from_"].this
    for join in _joins(tree):
        inner = _inner(join)
        yield join.this if inner is None else inner


def _joins(tree: exp.Expr) -> Iterator[exp.Join]:
    for join in tree.args.get("joins") or ():
        yield join
        if inner := _inner(join):
            yield from _joins(inner)


def _inner(join: exp.Join) -> exp.Table | None:
    """The relation that is joined to others, in parentheses, before it is joined itself."""
    found = join.this.this
    return found if isinstance(join.this, exp.Subquery) and isinstance(found, exp.Table) else None


def _keys(tree: exp.Select) -> list[exp.Expr]:
    """The outputs that are grouped by, which the renderer names by their positions."""
    group = tree.args.get("group")
    if group is None:
        return []
    return [tree.expressions[int(position.name) - 1] for position in group.expressions]


def _joined(tree: exp.Select, scope: _Scope) -> Sources:
    """Equal columns are keys; what is compared otherwise is a moment in a window or a validity."""
    found: set[SourceColumn] = set()
    for join in _joins(tree):
        for term in _terms(join.args.get("on")):
            found |= scope.sources(term, KEY if isinstance(term, _SAME) else TIME)
    return frozenset(found)


def _terms(on: exp.Expr | None) -> Iterable[exp.Expr]:
    return on.flatten() if isinstance(on, exp.And) else [on] if on is not None else []


def _used(tree: exp.Expr | None, role: LineageRole) -> Iterator[tuple[exp.Column, LineageRole]]:
    """The columns of an expression; conditions inside of it filter, windows group and order by time.

    What is hashed is counted, wherever it stands.
    """
    if tree is None:
        return
    if isinstance(tree, exp.Column):
        yield tree, role
        return
    for key, child in _children(tree):
        yield from _used(child, _inner_role(tree, key, role))


def _children(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    for key, value in tree.args.items():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, exp.Expression):
                yield key, one


def _inner_role(tree: exp.Expr, key: str, role: LineageRole) -> LineageRole:
    if isinstance(tree, exp.Filter) and key == "expression":
        return FILTER
    if isinstance(tree, exp.Window) and key == "partition_by":
        return GROUP
    if isinstance(tree, exp.Window) and key == "order":
        return TIME
    return VALUE if isinstance(tree, Hashed) else role


def _group_role(key: exp.Expr, tree: exp.Select) -> LineageRole:
    if _made(key, tree).find(Hashed):
        return VALUE
    return TIME if isinstance(key, _OF_TIME) else GROUP


def _made(column: exp.Expr, tree: exp.Select) -> exp.Expr:
    """The expression whose value a column hands on, through any number of sub-queries."""
    while isinstance(column, exp.Column):
        name, table = column.name, column.table
        below = [
            (one.unalias(), query.this)
            for query in _relations(tree)
            if isinstance(query, exp.Subquery) and table in {"", query.alias_or_name}
            for one in (query.this.expressions if isinstance(query.this, exp.Select) else ())
            if one.alias_or_name == name
        ]
        if not below:
            break
        column, tree = below[0]
    return column


def _within(outer: LineageRole, inner: LineageRole) -> LineageRole:
    """The role of a column whose value a sub-query has used before: what groups goes on grouping."""
    if inner is VALUE or outer is FILTER:
        return outer
    return inner
