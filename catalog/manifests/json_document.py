"""JSON that a tool wrote: plain values whose places are pointers, for nobody reads its lines."""

import json
from typing import Any, Final

from catalog.domain.document import Document
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.manifests.loader import Limit
from catalog.manifests.yaml_document import NO_MARK, YamlDocument

_REMEDY: Final = "Write the file anew with the tool that made it."


class _TwiceKey(ValueError):
    """A key is written twice in one mapping."""


def read_json(document: Document, limit: Limit) -> tuple[tuple[YamlDocument, ...], tuple[Finding, ...]]:
    """The one document of a file, or none with the reason against it.

    Refused: more bytes than the limit, bytes that are not UTF-8, keys written twice, numbers that JSON has not
    (`NaN`, infinities), and nesting deeper than the parser goes.
    """
    if len(document.data) > limit.size:
        message = f"The file has {len(document.data):,} bytes; {limit.size:,} may be read."
        return (), (_fault(document, FindingCode.YAML_LIMIT, message, "Split the project."),)
    try:
        text = document.data.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_mapping, parse_constant=_no_number)
    except UnicodeDecodeError:
        return (), (_fault(document, FindingCode.YAML_ENCODING, "The file is not UTF-8.", _REMEDY),)
    except _TwiceKey as twice:
        message = f"The key {twice} is written twice."
        return (), (_fault(document, FindingCode.YAML_DUPLICATE_KEY, message, _REMEDY),)
    except RecursionError:
        return (), (_fault(document, FindingCode.YAML_LIMIT, "Values nest too deep.", _REMEDY),)
    except ValueError as fault:
        return (), (_fault(document, FindingCode.YAML_SYNTAX, f"This is no JSON: {fault}.", _REMEDY),)
    return (YamlDocument(document.path, value, NO_MARK),), ()


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceKey(repr(next(key for key in keys if keys.count(key) > 1)[:60]))
    return mapping


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _fault(document: Document, code: FindingCode, message: str, remedy: str) -> Finding:
    return code.at(Place(document.path), message, remedy=remedy)
