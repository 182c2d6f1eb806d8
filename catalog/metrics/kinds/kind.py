"""The kinds of values that expressions tell apart, and the types that belong to each."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A kind, in the words of a finding."""

    NUMBER = "a number"
    TEXT = "a text"
    TIME = "a date or time"
    TRUTH = "true or false"


_FIRST_WORD: Final = re.compile(r"[A-Za-z_]+[0-9]*")
_TYPES: Final[Mapping[Kind, str]] = {
    Kind.NUMBER: "BIGINT BIGSERIAL BYTEINT DECIMAL DOUBLE FLOAT FLOAT4 FLOAT8 HUGEINT INT INT1 INT2 INT4 INT8 INT16 "
    "INT32 INT64 INT128 INTEGER LONG MEDIUMINT MONEY NUMBER NUMERIC REAL SERIAL SHORT SMALLINT TINYINT UBIGINT "
    "UHUGEINT UINT8 UINT16 UINT32 UINT64 UINTEGER USMALLINT UTINYINT",
    Kind.TEXT: "BPCHAR CHAR CHARACTER ENUM NCHAR NVARCHAR STRING TEXT VARCHAR VARCHAR2",
    Kind.TIME: "DATE DATETIME TIMESTAMP TIMESTAMPNTZ TIMESTAMPTZ TIMESTAMP_MS TIMESTAMP_NS TIMESTAMP_NTZ TIMESTAMP_S "
    "TIMESTAMP_TZ TIMESTAMP_US",
    Kind.TRUTH: "BOOL BOOLEAN LOGICAL",
}
_KINDS: Final = {name: kind for kind, names in _TYPES.items() for name in names.split()}


def kind_of_type(name: str) -> Kind | None:
    """The kind of a type in the words of an engine or of a data contract; None where it is another or unknown.

    A list of numbers is no number: a type with anything but a size behind its name is none of these.
    """
    found = _FIRST_WORD.match(name.strip())
    if found is None or name.rstrip().endswith("[]"):
        return None
    return _KINDS.get(found.group().upper())
