"""What kind of value an expression has, and what in it engines would read differently, or not at all.

An engine turns one type into another without being asked: DuckDB reads a text as a number where PostgreSQL
refuses, and both fail in the middle of an answer where a text is none. Only what is known is judged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlglot import exp

from catalog.metrics.kinds.kind import Kind, kind_of_type
from catalog.metrics.moment import parse_moment

_COMPARISONS: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_ARITHMETIC: Final = (exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow)
_OF_NUMBERS: Final = (
    exp.Abs, exp.Avg, exp.Ceil, exp.Exp, exp.Floor, exp.Ln, exp.Neg, exp.Round, exp.Sign, exp.Sqrt,
)  # fmt: skip
# Which argument is read as what, and what comes of it.
_READS: Final[dict[type[exp.Expr], tuple[str, Kind, Kind]]] = {
    **dict.fromkeys((exp.DateTrunc, exp.TimestampTrunc), ("this", Kind.TIME, Kind.TIME)),
    **dict.fromkeys((exp.Month, exp.Quarter, exp.Year), ("this", Kind.TIME, Kind.NUMBER)),
    **dict.fromkeys(
        (exp.Left, exp.Lower, exp.Replace, exp.Right, exp.Substring, exp.Trim, exp.Upper),
        ("this", Kind.TEXT, Kind.TEXT),
    ),
    exp.Extract: ("expression", Kind.TIME, Kind.NUMBER),
    exp.Length: ("this", Kind.TEXT, Kind.NUMBER),
}
_ALIKE: Final = (exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif)
_CASTS: Final = (exp.Cast, exp.Date, exp.TryCast)


@dataclass(slots=True)
class Inference:
    """Reads one expression; `columns` says of what kind a column is, `values` are those of parameters.

    `faults` are the reasons why the expression cannot be trusted, in the order they were met.
    """

    columns: Callable[[exp.Column], Kind | None]
    values: Sequence[object] = ()
    faults: list[str] = field(default_factory=list)

    def condition(self, tree: exp.Expr) -> None:
        """Read an expression that has to be true or false."""
        self._expect(tree, Kind.TRUTH, "stands where true or false is needed")

    def kind(self, tree: exp.Expr) -> Kind | None:
        """The kind of the expression, None where it is not known."""
        match tree:
            case exp.Paren():
                found = self.kind(tree.this)
            case exp.Boolean():
                found = Kind.TRUTH
            case exp.Column():
                found = self.columns(tree)
            case exp.Literal() | exp.Parameter():
                found = Kind.TEXT if self._text(tree) is not None else Kind.NUMBER
            case exp.Case():
                found = self._case(tree)
            case exp.Add() | exp.Sub():
                found = self._sum(tree)
            case _:
                found = self._logic(tree) or self._function(tree)
        return found

    def _logic(self, tree: exp.Expr) -> Kind | None:
        """The kind of what is true or false; None for other expressions."""
        match tree:
            case exp.And() | exp.Or():
                self.condition(tree.left)
                self.condition(tree.right)
            case exp.Not():
                self.condition(tree.this)
            case exp.Between():
                self._alike([tree.this, tree.args["low"], tree.args["high"]], "is compared with")
            case exp.In():
                self._alike([tree.this, *tree.expressions], "is compared with")
            case exp.Is():
                (self.condition if isinstance(tree.expression, exp.Boolean) else self.kind)(tree.this)
            case exp.Like() | exp.ILike() | exp.StartsWith():
                for one in (tree.this, tree.expression):
                    self._expect(one, Kind.TEXT, "is searched as a text")
            case exp.Escape():
                self.kind(tree.this)
            case _ if isinstance(tree, _COMPARISONS):
                self._alike([tree.this, tree.expression], "is compared with")
            case _:
                return None
        return Kind.TRUTH

    def _function(self, tree: exp.Expr) -> Kind | None:
        if isinstance(tree, (*_ARITHMETIC, *_OF_NUMBERS)):
            return self._each(tree, Kind.NUMBER, "is counted with")
        if type(tree) in _READS:
            argument, wanted, found = _READS[type(tree)]
            self._expect(tree.args[argument], wanted, f"is read as {wanted}")
            return found
        if isinstance(tree, _ALIKE):
            return self._alike([tree.this, *_rest(tree)], "stands beside")
        return self._cast(tree) if isinstance(tree, _CASTS) else self._other(tree)

    def _other(self, tree: exp.Expr) -> Kind | None:
        """What is inside is judged; of what kind it is itself is known of few."""
        for one in tree.iter_expressions():
            self.kind(one)
        if isinstance(tree, exp.Concat | exp.DPipe):
            return Kind.TEXT
        return Kind.NUMBER if isinstance(tree, exp.DateDiff | exp.Count) else None

    def _sum(self, tree: exp.Binary) -> Kind | None:
        """A sum of numbers, or a time that is moved; days may be added to a date."""
        sides = [tree.left, tree.right]
        if any(isinstance(one, exp.Interval) for one in sides):
            for one in sides:
                if not isinstance(one, exp.Interval):
                    self._expect(one, Kind.TIME, "is moved by an interval")
            return Kind.TIME
        kinds = [self.kind(one) for one in sides]
        for kind in kinds:
            if kind in {Kind.TEXT, Kind.TRUTH}:
                self._fault(f"{kind} is counted with")
        return Kind.NUMBER if kinds == [Kind.NUMBER, Kind.NUMBER] else None

    def _case(self, tree: exp.Case) -> Kind | None:
        for one in tree.args["ifs"]:
            if tree.this:
                self._alike([tree.this, one.this], "is compared with")
            else:
                self.condition(one.this)
        default = [tree.args["default"]] if tree.args.get("default") else []
        return self._alike([*(one.args["true"] for one in tree.args["ifs"]), *default], "stands beside")

    def _cast(self, tree: exp.Expr) -> Kind | None:
        text = self._text(tree.this)
        to = Kind.TIME if isinstance(tree, exp.Date) else kind_of_type(tree.args["to"].sql())
        if text is None:
            self.kind(tree.this)
        elif to is Kind.TIME and not isinstance(tree, exp.TryCast) and not _spells_a_time(text):
            self._fault(f"{text!r} is no date or time")
        return to

    def _alike(self, trees: Sequence[exp.Expr], how: str) -> Kind | None:
        """The one kind of all; a text that is written out may stand for a time that it spells."""
        kinds = [(one, kind) for one in trees if not _is_rows(one) and (kind := self.kind(one))]
        wanted = next((kind for one, kind in kinds if self._text(one) is None), None)
        for one, kind in kinds:
            text = self._text(one)
            if wanted is None or kind is wanted:
                continue
            if wanted is not Kind.TIME or text is None:
                self._fault(f"{wanted} {how} {kind}")
            elif parse_moment(text) is None:
                self._fault(f"{text!r} is no date or time without zone")
        return wanted or next((kind for _, kind in kinds), None)

    def _each(self, tree: exp.Expr, wanted: Kind, what: str) -> Kind:
        for one in tree.iter_expressions():
            if not isinstance(one, exp.Var):
                self._expect(one, wanted, what)
        return wanted

    def _expect(self, tree: exp.Expr, wanted: Kind, what: str) -> None:
        kind = self.kind(tree)
        if kind is not None and kind is not wanted:
            self._fault(f"{kind} {what}")

    def _text(self, tree: exp.Expr) -> str | None:
        """The text that is written out there, as it stands or as a value of the query."""
        while isinstance(tree, exp.Paren):
            tree = tree.this
        if isinstance(tree, exp.Parameter):
            value = self.values[int(tree.name) - 1]
            return value if isinstance(value, str) else None
        return str(tree.this) if isinstance(tree, exp.Literal) and tree.is_string else None

    def _fault(self, reason: str) -> None:
        if reason not in self.faults:
            self.faults.append(reason)


def _spells_a_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _is_rows(tree: exp.Expr) -> bool:
    return isinstance(tree.unnest(), exp.Tuple)


def _rest(tree: exp.Expr) -> Iterable[exp.Expr]:
    return tree.expressions or ([tree.expression] if tree.expression else [])
