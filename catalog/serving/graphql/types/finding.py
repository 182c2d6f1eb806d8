"""Findings and what is wrong with a request, as the schema shows them."""

import strawberry

from catalog.domain.errors import CatalogError
from catalog.domain.finding import Finding as DomainFinding
from catalog.domain.finding import Level


@strawberry.type(description="What is wrong, where, by which rule, and what would make it right.")
class Finding:
    """A finding with its place."""

    code: str
    level: Level
    message: str
    remedy: str
    file: str
    line: int
    column: int
    field: str = strawberry.field(description="A JSON pointer into the document.")


@strawberry.type(description="Why a mutation did nothing, or what it noticed.")
class UserError:
    """A business error; it is data, not a failure of the request."""

    code: str
    message: str
    remedy: str
    findings: list[Finding]


def finding_of(finding: DomainFinding) -> Finding:
    """The finding as the schema shows it."""
    place = finding.place
    return Finding(
        code=finding.code,
        level=finding.level,
        message=finding.message,
        remedy=finding.remedy,
        file=place.file,
        line=place.line,
        column=place.column,
        field=place.field,
    )


def findings_of(findings: tuple[DomainFinding, ...]) -> list[Finding]:
    """All of them, in order."""
    return [finding_of(one) for one in findings]


def user_error(error: CatalogError) -> UserError:
    """A refusal as a payload shows it."""
    return UserError(
        code=error.code, message=error.message, remedy=error.remedy, findings=findings_of(error.findings)
    )
