"""A mutation's outcome, or its refusal as data."""

from collections.abc import Callable
from typing import TypeVar

from catalog.domain.errors import CatalogError, PolicyUnavailable, Unauthenticated
from catalog.serving.graphql.types.finding import UserError, user_error

T = TypeVar("T")


def attempt(action: Callable[[], T]) -> tuple[T | None, list[UserError]]:
    """The outcome, or the refusal as data; what is not the caller's to mend stays an error of the request."""
    try:
        return action(), []
    except (Unauthenticated, PolicyUnavailable):
        raise
    except CatalogError as error:
        if error.status >= 500:
            raise
        return None, [user_error(error)]
