"""Pages: forward, by opaque cursors over the order of the list (Relay connections)."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import strawberry

from catalog.domain.errors import UsageError

Node = TypeVar("Node")
Row = TypeVar("Row")

MAX_PAGE: Final = 100
_LONGEST_CURSOR: Final = 512
_VERSION: Final = "1"


class CursorInvalid(UsageError):
    """The cursor does not belong to this list."""


class PageSizeInvalid(UsageError):
    """`first` must be between 1 and 100."""


@strawberry.type(description="Where a page ends and whether another follows.")
class PageInfo:
    """Relay's page information, forward only."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type(description="One item with the cursor that stands behind it.")
class Edge(Generic[Node]):
    """Relay's edge."""

    cursor: str
    node: Node


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    """Relay's connection; `nodes` is the short way to the items."""

    edges: list[Edge[Node]]
    page_info: PageInfo

    @strawberry.field(description="The items alone.")
    def nodes(self) -> list[Node]:
        """The items of the edges."""
        return [edge.node for edge in self.edges]


def page_size(first: int) -> int:
    """One more than was asked for, so that a following page is noticed; raises `PageSizeInvalid`."""
    if not 1 <= first <= MAX_PAGE:
        raise PageSizeInvalid
    return first + 1


def connection(
    listing: str,
    rows: Sequence[Row],
    first: int,
    key: Callable[[Row], str | int],
    node: Callable[[Row], Node],
) -> Connection[Node]:
    """The page of `rows`, of which one more than `first` may be there."""
    shown = rows[:first]
    edges = [Edge(cursor=write_cursor(listing, key(row)), node=node(row)) for row in shown]
    end = edges[-1].cursor if edges else None
    return Connection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end))


def write_cursor(listing: str, key: str | int) -> str:
    """An opaque cursor that only its own listing reads."""
    return base64.urlsafe_b64encode(f"{_VERSION}:{listing}:{key}".encode()).decode().rstrip("=")


def read_cursor(listing: str, cursor: str | None) -> str:
    """The key in a cursor, empty for none; raises `CursorInvalid` for what `write_cursor` did not write."""
    if cursor is None:
        return ""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (UnicodeError, binascii.Error) as error:
        raise CursorInvalid from error
    version, _, rest = text.partition(":")
    name, _, key = rest.partition(":")
    if len(cursor) > _LONGEST_CURSOR or (version, name) != (_VERSION, listing) or not key or "\0" in key:
        raise CursorInvalid
    return key


def read_number_cursor(listing: str, cursor: str | None) -> int:
    """As `read_cursor`, for lists ordered by a number."""
    key = read_cursor(listing, cursor)
    if not key:
        return 0
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise CursorInvalid
    return int(key)
