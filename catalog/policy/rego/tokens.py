"""Rego text as tokens, each with its offset and with what stands before it: a blank, a new line, nothing."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a token is."""

    END = "the end"
    NAME = "a name"
    NUMBER = "a number"
    SIGN = "a sign"
    TEXT = "a text"


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `apart` where a blank or comment stands before it, `begins_line` where a new line does."""

    kind: Kind
    text: str
    at: int
    apart: bool
    begins_line: bool


class NotInProfile(Exception):
    """The text leaves the profile's grammar at an offset."""

    def __init__(self, at: int, what: str, rule: str = "PORT-003") -> None:
        super().__init__(what)
        self.at, self.what, self.rule = at, what, rule


_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t\r]+|\#[^\n]*)
    |(?P<line>\n)
    |(?P<text>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|`[^`]*`)
    |(?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.]))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>:=|==|!=|<=|>=|[-+*/%|&<>=.,;:(){}\[\]])""",
    re.VERBOSE,
)
_KINDS: Final = {"text": Kind.TEXT, "number": Kind.NUMBER, "name": Kind.NAME, "sign": Kind.SIGN}


def tokens_of(source: str) -> list[Token]:
    """The tokens, an end at last; raises `NotInProfile` at what is none, as half a string or `$`."""
    found: list[Token] = []
    at, apart, begins_line = 0, True, True
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise NotInProfile(at, f"{source[at]!r} has no meaning in the profile")
        kind = str(match.lastgroup)
        if kind in _KINDS:
            found.append(Token(_KINDS[kind], match[0], at, apart, begins_line))
            apart = begins_line = False
        else:
            apart, begins_line = True, begins_line or kind == "line"
        at = match.end()
    return [*found, Token(Kind.END, "", at, True, True)]
