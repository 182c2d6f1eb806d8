"""YAML and JSON read event by event into plain values, with limits that hold before objects exist.

Refused, all at once and each with its place: duplicate keys, anchors and aliases, tags and directives, merge
keys, keys that are not text, numbers that cannot be kept. Scalars follow the YAML 1.2 core schema. A document
with a fault has no value.
"""

from dataclasses import dataclass
from typing import Any, Final

from yaml import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    YAMLError,
)
from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

from catalog.domain.document import Document
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.manifests.scalar import Scalar, resolve
from catalog.manifests.yaml_document import Marks, YamlDocument, mark_of, pointer

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_DEPTH: Final = 32
MAX_NODES: Final = 100_000
MAX_KEY: Final = 1024
MAX_FINDINGS: Final = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """How many bytes a file may have, and how many values."""

    size: int
    nodes: int


FOREIGN: Final = Limit(MAX_BYTES, MAX_NODES)
# For files that the caller names, on the caller's own machine.
OWN: Final = Limit(256 * 1024 * 1024, 10_000_000)
_AMBIGUOUS_BREAKS: Final = {"U+0085": b"\xc2\x85", "U+2028": b"\xe2\x80\xa8", "U+2029": b"\xe2\x80\xa9"}


def read_yaml(document: Document) -> tuple[YamlDocument | None, tuple[Finding, ...]]:
    """The one document of a file, or None with every reason against it."""
    documents, findings = read_stream(document)
    return (None, findings) if findings else one_document(document, documents)


def one_document(
    document: Document, parts: tuple[YamlDocument, ...]
) -> tuple[YamlDocument | None, tuple[Finding, ...]]:
    """The only part of a file, or None with a finding."""
    if len(parts) == 1:
        return parts[0], ()
    place = parts[1].place("") if parts else Place(document.path)
    message = f"The file holds {len(parts)} documents where one is meant."
    remedy = "Write one document per file, without a `---` between parts."
    return None, (FindingCode.YAML_DOCUMENT_COUNT.at(place, message, remedy=remedy),)


def read_stream(
    document: Document, limit: Limit = FOREIGN
) -> tuple[tuple[YamlDocument, ...], tuple[Finding, ...]]:
    """The documents of a file in order, none where the file has a fault; limits hold for the whole file."""
    unreadable = _unreadable(document, limit)
    if unreadable:
        return (), (unreadable,)
    composer = _Composer(document, limit)
    documents = composer.documents()
    return (() if composer.findings else documents), tuple(composer.findings)


def _unreadable(document: Document, limit: Limit) -> Finding | None:
    if len(document.data) > limit.size:
        message = f"The file has {len(document.data):,} bytes; {limit.size:,} may be read."
        return FindingCode.YAML_LIMIT.at(
            Place(document.path), message, remedy="Split the file into smaller ones."
        )
    try:
        document.data.decode("utf-8")
    except UnicodeDecodeError as fault:
        message = f"Byte {fault.start} is not UTF-8."
        place = _place_of_byte(document, fault.start)
        return FindingCode.YAML_ENCODING.at(place, message, remedy="Save the file as UTF-8.")
    return _ambiguous_break(document)


def _ambiguous_break(document: Document) -> Finding | None:
    """YAML 1.1 ends a line at NEL, LS and PS, YAML 1.2 does not; text and positions would differ."""
    for name, written in _AMBIGUOUS_BREAKS.items():
        if (offset := document.data.find(written)) >= 0:
            return FindingCode.YAML_SYNTAX.at(
                _place_of_byte(document, offset),
                f"The character {name} ends a line for some readers of YAML and not for others.",
                remedy="Remove it, or write it as an escape in double quotes.",
            )
    return None


def _place_of_byte(document: Document, offset: int) -> Place:
    before = document.data[:offset]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode("utf-8", "replace"))
    return Place(document.path, before.count(b"\n") + 1, column + 1)


class _Stop(Exception):
    """Nothing more of this file will be read; the finding says why."""


class _Composer:
    """Builds values from parse events; one object reads one file."""

    def __init__(self, document: Document, limit: Limit) -> None:
        self.findings: list[Finding] = []
        self._document = document
        self._parser = CParser(document.data)
        self._path: list[str | int] = []
        self._nodes = 0
        self._most = limit.nodes
        self._written: dict[int, str] = {}

    def documents(self) -> tuple[YamlDocument, ...]:
        """Every document up to the first fault that ends reading."""
        documents: list[YamlDocument] = []
        try:
            self._parser.get_event()
            while not isinstance(start := self._parser.get_event(), StreamEndEvent):
                self._refuse_directives(start)
                value, marks = self._node(self._parser.get_event())
                documents.append(YamlDocument(self._document.path, value, marks, self._written))
                assert isinstance(self._parser.get_event(), DocumentEndEvent)
        except YAMLError as fault:
            self._syntax(fault)
        except _Stop:
            pass
        return tuple(documents)

    def _node(self, event: Any) -> tuple[Any, Marks]:
        mark = mark_of(event.start_mark.line, event.start_mark.column)
        self._nodes += 1
        if self._nodes > self._most:
            self._stop(mark, f"The file holds more than {self._most:,} values.", "Split the file.")
        if event.anchor is not None:
            self._refuse_anchor(event, mark)
        kind = type(event)
        if kind is AliasEvent:
            return None, mark
        if event.tag is not None:
            self._refuse_tag(event, mark)
        if kind is ScalarEvent:
            return self._scalar(event, mark), mark
        if len(self._path) >= MAX_DEPTH:
            self._stop(mark, f"Values nest deeper than {MAX_DEPTH} levels.", "Flatten the structure.")
        return self._mapping(mark) if kind is MappingStartEvent else self._sequence(mark)

    def _mapping(self, mark: int) -> tuple[dict[str, Any], Marks]:
        value: dict[str, Any] = {}
        marks: dict[str, Marks] = {}
        next_event, path = self._parser.get_event, self._path
        path.append("")
        while type(event := next_event()) is not MappingEndEvent:
            key = self._key(event, value)
            path[-1] = key
            value[key], marks[key] = self._node(next_event())
        path.pop()
        return value, (mark, marks)

    def _sequence(self, mark: int) -> tuple[list[Any], Marks]:
        value: list[Any] = []
        marks: list[Marks] = []
        next_event, path = self._parser.get_event, self._path
        path.append(0)
        while type(event := next_event()) is not SequenceEndEvent:
            path[-1] = len(value)
            item, item_marks = self._node(event)
            value.append(item)
            marks.append(item_marks)
        path.pop()
        return value, (mark, marks)

    def _key(self, event: Any, siblings: dict[str, Any]) -> str:
        """The key as text; whatever is no plain text key is refused and read over."""
        mark = mark_of(event.start_mark.line, event.start_mark.column)
        if type(event) is not ScalarEvent:
            self._refuse_key(mark, "A key is not plain text.", "Write each key as text.")
            self._node(event)
            return ""
        key: str = event.value
        if len(key) > MAX_KEY:
            key = key[:MAX_KEY]
            self._refuse_key(mark, f"A key is longer than {MAX_KEY} characters.", "Shorten the key.")
        self._path[-1] = key
        if event.anchor is not None:
            self._refuse_anchor(event, mark)
        if event.tag is not None:
            self._refuse_tag(event, mark)
        if event.style == "":
            self._refuse_meaning(key, mark)
        if key in siblings:
            message, remedy = f"The key {_shown(key)} is written twice.", "Keep one of the two."
            self._refuse(FindingCode.YAML_DUPLICATE_KEY, mark, message, remedy)
        return key

    def _refuse_meaning(self, key: str, mark: int) -> None:
        if key == "<<":
            message, remedy = "Merge keys are not read.", "Write the merged fields out."
            self._refuse(FindingCode.YAML_ALIAS, mark, message, remedy)
            return
        try:
            text = isinstance(resolve(key), str)
        except OverflowError:
            text = False
        if not text:
            self._refuse_key(mark, f"The key {_shown(key)} reads as no text.", "Write the key in quotes.")

    def _scalar(self, event: Any, mark: int) -> Scalar:
        text: str = event.value
        if event.style != "":
            if "\0" in text:
                message, remedy = "The text holds a NUL character.", "Remove the NUL character."
                self._refuse(FindingCode.YAML_SYNTAX, mark, message, remedy)
            return text
        try:
            value = resolve(text)
        except OverflowError:
            message = f"{_shown(text)} is a number that cannot be kept exactly."
            self._refuse(FindingCode.YAML_NUMBER, mark, message, "Write it in quotes, or within 64 bits.")
            return None
        if value.__class__ in _NUMBERS and str(value) != text:
            self._written[mark] = text
        return value

    def _refuse_directives(self, start: Any) -> None:
        if start.version or start.tags:
            mark = mark_of(start.start_mark.line, start.start_mark.column)
            message, remedy = "Directives are not read.", "Remove the lines that begin with `%`."
            self._refuse(FindingCode.YAML_TAG, mark, message, remedy)

    def _refuse_anchor(self, event: Any, mark: int) -> None:
        word = "alias *" if type(event) is AliasEvent else "anchor &"
        message = f"The {word}{event.anchor[:40]} is not read."
        self._refuse(FindingCode.YAML_ALIAS, mark, message, "Write the value out where it is meant.")

    def _refuse_tag(self, event: Any, mark: int) -> None:
        message = f"The tag {_shown(event.tag)} is not read."
        self._refuse(FindingCode.YAML_TAG, mark, message, "Remove the tag; put text in quotes where needed.")

    def _refuse_key(self, mark: int, message: str, remedy: str) -> None:
        self._refuse(FindingCode.YAML_KEY, mark, message, remedy)

    def _refuse(self, code: FindingCode, mark: int, message: str, remedy: str) -> None:
        self.findings.append(code.at(self._place(mark), message, remedy=remedy))
        if len(self.findings) == MAX_FINDINGS:
            self._stop(mark, f"Reading ended after {MAX_FINDINGS} faults.", "Mend these first.")

    def _stop(self, mark: int, message: str, remedy: str) -> None:
        self.findings.append(FindingCode.YAML_LIMIT.at(self._place(mark), message, remedy=remedy))
        raise _Stop

    def _place(self, mark: int) -> Place:
        return YamlDocument(self._document.path, None).place_of(mark, pointer(self._path))

    def _syntax(self, fault: YAMLError) -> None:
        place, problem, remedy = Place(self._document.path), str(fault), "Mend the YAML at this position."
        if isinstance(fault, ReaderError):
            place, problem = _place_of_byte(self._document, fault.position), fault.reason
        elif isinstance(fault, MarkedYAMLError) and fault.problem_mark:
            mark = fault.problem_mark
            place = self._place(mark_of(mark.line, mark.column))
            problem = " ".join(filter(None, (fault.problem, fault.context)))
            character = self._document.data.decode("utf-8-sig")[mark.index : mark.index + 1]
            remedy = _REMEDIES.get(character, remedy)
        self.findings.append(FindingCode.YAML_SYNTAX.at(place, f"{problem}.", remedy=remedy))


_REMEDIES: Final = {
    "\t": "Indent with spaces, not tabs.",
    "@": "Put text that begins with `@` in quotes.",
    "`": "Put text that begins with a backtick in quotes.",
    "%": "Put text that begins with `%` in quotes.",
}
_NUMBERS: Final = frozenset((int, float))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
