"""Errors: one root; the class is the code, the docstring is the message.

`status` is the HTTP status, `exit_code` the process's (0 ok, 1 refused, 2 usage or engine error). Business
refusals carry findings, all at once. Nothing here promises to be safe to show with its cause: doors show
`code`, message and findings, never `__cause__`.
"""

import re
from collections.abc import Iterable
from typing import ClassVar

from catalog.domain.finding import Finding


class CatalogError(Exception):
    """The catalog could not do what was asked."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 2

    def __init__(self, message: str = "", *, findings: Iterable[Finding] = (), remedy: str = "") -> None:
        self.message = message or (type(self).__doc__ or "").split("\n", 1)[0]
        self.findings = tuple(findings)
        self.remedy = remedy
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """The class name in capitals: `StaleRowVersion` is `STALE_ROW_VERSION`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).upper()


class Refused(CatalogError):
    """The input was judged and refused; nothing was stored."""

    status = 422
    exit_code = 1


class UsageError(CatalogError):
    """The request itself is not well formed."""

    status = 400


class ConfigInvalid(CatalogError):
    """The configuration is not complete or not safe; the process does not start."""


class Unauthenticated(CatalogError):
    """No valid token came with the request."""

    status = 401


class Forbidden(CatalogError):
    """The actor may not do this."""

    status = 403
    exit_code = 1


class NotFound(CatalogError):
    """There is nothing by that name that the actor may see."""

    status = 404
    exit_code = 1


class Conflict(CatalogError):
    """Somebody else changed the same thing first."""

    status = 409
    exit_code = 1


class StaleRowVersion(Conflict):
    """The row version that the caller saw is no longer the current one; read again and decide anew."""


class IdempotencyMismatch(Conflict):
    """The idempotency key was used before with other content."""


class VersionExists(Conflict):
    """This version is already published with other content; a change needs a new version."""


class PolicyUnavailable(CatalogError):
    """The policy engine gave no decision; nothing is published without one."""

    status = 503


class RuleFailed(PolicyUnavailable):
    """A rule could not be evaluated; `modules` are the files of those that are known to have failed."""

    def __init__(self, message: str = "", *, modules: Iterable[str] = (), remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.modules = tuple(modules)


class PolicyUndefined(PolicyUnavailable):
    """The policy engine answered, but not with a decision; this counts as no decision."""


class BundleInvalid(CatalogError):
    """The policy bundle cannot be loaded."""

    status = 422
    exit_code = 1


class EngineError(CatalogError):
    """The SQL engine could not run the query.

    `detail` is the engine's own text. It may quote paths and values: for the data's owner, never for a door.
    """

    status = 500
    detail: str = ""


class EngineRefused(EngineError):
    """The statement is not on the allow-list of the engine; it was not run."""

    status = 422
    exit_code = 1


class EngineDeadline(EngineError):
    """The query ran past its deadline and was ended."""

    status = 504


class EngineCancelled(EngineError):
    """Nobody waited for the answer any more; the query was ended."""

    status = 499


class EngineLost(EngineError):
    """The process that ran the query is gone; other queries go on, and this one may be tried again."""

    status = 503


class EngineMemory(EngineError):
    """The query asked for more memory than it may have."""

    status = 422


class EngineBusy(EngineError):
    """All engine workers are busy and the queue is full; try again later."""

    status = 429


class StoreUnavailable(CatalogError):
    """The metadata store cannot be reached; nothing was changed."""

    status = 503


class StoreFull(StoreUnavailable):
    """The metadata store has no space left; nothing was changed, reading goes on."""

    status = 507


class StoreSchemaOutdated(CatalogError):
    """The metadata store's schema is not the one this version needs; run `concord db upgrade`."""


class AuditBroken(CatalogError):
    """The audit chain does not hold; the first bad sequence is named."""

    exit_code = 1
