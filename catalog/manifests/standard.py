"""Documents against the JSON Schema of their standard: the version they declare, then the newest."""

from itertools import islice
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from catalog.domain.document import DocumentKind
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.manifests.json_schema import SERIALISED, VERSIONS, newest, schema, validator
from catalog.manifests.loader import MAX_FINDINGS
from catalog.manifests.schema_fault import findings_of
from catalog.manifests.serialised import is_serialised
from catalog.manifests.yaml_document import YamlDocument, pointer


def check(document: YamlDocument, kind: DocumentKind) -> tuple[Finding, ...]:
    """Every fault against the declared version, by place.

    A document that only the newest version allows is warned of, not refused. Numbers that stand where the
    standard wants text (an unquoted `version: 1.10`) become the text that was written, with a warning; this
    changes `document.value`.
    """
    declared = _declared(document, kind)
    version = declared if declared in VERSIONS[kind] else newest(kind)
    unquoted, faults = _judged(document, kind, version)
    if faults and version != SERIALISED and validator(kind, newest(kind)).is_valid(document.value):
        faults = (_only_newest(document, kind, declared, newest(kind)),)
    elif not faults and version != declared:
        faults = (_only_newest(document, kind, declared, version),)
    return tuple(sorted((*unquoted, *faults), key=lambda fault: (fault.place.line, fault.place.column)))


def _declared(document: YamlDocument, kind: DocumentKind) -> str:
    if kind is DocumentKind.SEMANTIC:
        return SERIALISED if is_serialised(document.value) else ""
    return document.text(f"/{_version_field(kind)}")


def _judged(
    document: YamlDocument, kind: DocumentKind, version: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Numbers read as text, and faults against one version; of each the first hundred."""
    unquoted, errors = [], []
    for error in validator(kind, version).iter_errors(document.value):
        if _is_unquoted_text(error):
            unquoted.append(_quote(document, error.instance_path))
        else:
            errors.append(error)
    if unquoted and not errors:
        errors = list(validator(kind, version).iter_errors(document.value))
    rules = schema(kind, version)
    found = (finding for error in errors for finding in findings_of(error, rules, document))
    return tuple(unquoted[:MAX_FINDINGS]), tuple(dict.fromkeys(islice(found, MAX_FINDINGS)))


def _is_unquoted_text(error: ValidationError) -> bool:
    match error.kind:
        case ValidationErrorKind.Type(["string"]):
            return isinstance(error.instance, int | float) and not isinstance(error.instance, bool)
    return False


def _quote(document: YamlDocument, path: list[str | int]) -> Finding:
    where = pointer(path)
    text = document.text(where)
    parent: Any = document.value
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = text
    return FindingCode.TEXT_UNQUOTED.at(
        document.place(where),
        f"`{path[-1]}` is text by the standard but written as a number; it is read as {text!r}.",
        remedy=f"Write it in quotes: {text!r}.",
        level=Level.WARNING,
    )


def _version_field(kind: DocumentKind) -> str:
    """Where a document of the kind says which version of its standard it follows."""
    return "version" if kind is DocumentKind.OSSIE else "apiVersion"


def _only_newest(document: YamlDocument, kind: DocumentKind, declared: str, version: str) -> Finding:
    field = _version_field(kind)
    return FindingCode.SCHEMA_VERSION.at(
        document.place(f"/{field}"),
        f"The document declares {declared or 'no version'} but is valid only as {version}.",
        remedy=f"Declare `{field}: {version}`.",
        level=Level.WARNING,
    )
