"""Where two definitions differ, part by part, each in a sentence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.domain.semantic_model import Aggregation
from catalog.metrics.definition import Definition, meaning_of
from catalog.metrics.meaning.wording import aggregate_words, condition_words, expression_words

_NOTHING: Final = "nothing"
_OVER_TIME: Final = {
    "steps": "moves in time",
    "period": "stands for a period",
    "join_to_timespine": "keeps days without rows",
    "missing": "fills gaps with",
    "non_additive": "does not add up over",
    "conversion": "counts as converted",
    "percentile": "takes the share",
    "discrete": "takes a value that is there",
    "approximate": "estimates",
    "kept": "keeps groups without rows",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`part` is `relation`, `aggregation`, `filter`, `time`, `formula`, `grain` or a word about time.

    `one` and `other` say what each definition has there; `sentence` says it with `{one}` and `{other}` for
    whoever states them.
    """

    part: str
    one: str
    other: str
    sentence: str


def differences(one: Definition, other: Definition) -> tuple[Difference, ...]:
    """Every part in which the meanings differ; empty where they are the same."""
    return tuple(dict.fromkeys(_parts(meaning_of(one.plain), meaning_of(other.plain))))


def stated(definition: Definition) -> str:
    """The whole definition in one sentence without its subject: `adds up gross_amount of orders`."""
    return _stated(meaning_of(definition.plain))


def _stated(plain: Mapping[str, Any]) -> str:
    if plain["type"] == "formula":
        inputs = ", ".join(f"{_input(number)} {_stated(one)}" for number, one in enumerate(plain["inputs"]))
        return f"computes {_formula(plain)}, where {inputs}"
    if plain["type"] != "simple":
        return "cannot be read"
    where = " and ".join(map(condition_words, plain["filters"]))
    moved = f" ({', then '.join(plain['steps'])})" if "steps" in plain else ""
    return f"{aggregate_words(plain)} of {plain['relation']}{f' where {where}' if where else ''}{moved}"


def _parts(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    if one == other:
        return
    if one["type"] == other["type"] == "simple":
        yield from _leaf(one, other)
    elif one["type"] == other["type"] == "formula" and len(one["inputs"]) == len(other["inputs"]):
        if one["expression"] != other["expression"]:
            yield _said("formula", f"computes {_formula(one)}", f"computes {_formula(other)}")
        for mine, theirs in zip(one["inputs"], other["inputs"], strict=True):
            yield from _parts(mine, theirs)
    else:
        yield _said("formula", _stated(one), _stated(other))
    if one.get("grain") != other.get("grain"):
        yield _said(
            "grain", f"is told by the {one.get('grain', 'day')}", f"by the {other.get('grain', 'day')}"
        )


def _leaf(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    if one["relation"] != other["relation"]:
        yield _said("relation", f"reads {one['relation']}", f"reads {other['relation']}")
    if aggregate_words(one) != aggregate_words(other):
        yield _said("aggregation", aggregate_words(one), aggregate_words(other))
    for text in (text for text in one["filters"] if text not in other["filters"]):
        words = condition_words(text)
        yield Difference("filter", words, "", f"Only {{one}} asks that {words}.")
    for text in (text for text in other["filters"] if text not in one["filters"]):
        words = condition_words(text)
        yield Difference("filter", "", words, f"Only {{other}} asks that {words}.")
    if one["time"] != other["time"]:
        mine, theirs = (expression_words(each["time"]) if each["time"] else _NOTHING for each in (one, other))
        yield _said("time", f"counts by {mine}", f"counts by {theirs}")
    counted = Aggregation.COUNT_DISTINCT in {one["aggregation"], other["aggregation"]}
    for key, words in _OVER_TIME.items():
        if one.get(key) != other.get(key) and not (key == "approximate" and counted):
            yield _said(key, f"{words}: {_value(one.get(key))}", f"{words}: {_value(other.get(key))}")


def _said(part: str, one: str, other: str) -> Difference:
    return Difference(part, one, other, f"{{one}} {one}; {{other}} {other}.")


def _value(value: Any) -> str:
    match value:
        case None:
            return _NOTHING
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
        case Mapping():
            return ", ".join(f"{key} {_value(item)}" for key, item in value.items() if item)
        case _:
            return str(value)


def _formula(plain: Mapping[str, Any]) -> str:
    text = expression_words(plain["expression"])
    for number in reversed(range(len(plain["inputs"]))):
        text = text.replace(f"input_{number}", _input(number))
    return text


def _input(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"A{number}"
