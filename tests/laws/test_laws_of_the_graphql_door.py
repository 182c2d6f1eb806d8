"""The committed SDL is what is served, breaks nothing that was released, and every operation fits it."""

import hashlib
import json
import os
import subprocess
from enum import Enum
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, build_schema, parse, validate
from graphql.utilities import find_breaking_changes

from catalog.serving.graphql.limits import Limits, refuse_costly
from catalog.serving.graphql.schema import schema, sdl

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "graphql"
OPERATIONS = sorted((FOLDER / "operations").rglob("*.graphql"))


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    exported = sdl() + "\n"
    committed = FOLDER / "schema.graphql"
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS"):
        committed.write_text(exported)
    assert committed.read_text() == exported, "run `make snapshots` and read the difference"


def test_nothing_that_was_released_breaks() -> None:
    released = subprocess.run(
        ["git", "tag", "--list", "v*", "--sort=-v:refname"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not released:
        assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(), (
            "before the first release anything may change"
        )
        return
    old = subprocess.run(
        ["git", "show", f"{released[0]}:graphql/schema.graphql"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert find_breaking_changes(build_schema(old), build_schema(sdl())) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda path: path.stem)
def test_an_operation_fits_the_schema_and_the_limits(operation: Path) -> None:
    document = parse(operation.read_text())
    assert validate(build_schema((FOLDER / "schema.graphql").read_text()), document) == []
    assert refuse_costly(document, {"first": 100}, Limits()) == ()


def test_three_users_have_three_operations_each_at_least() -> None:
    users = [path.parent.name for path in OPERATIONS]
    assert {*users} == {"bi", "domain_team", "policy_ci"}
    assert min(users.count(user) for user in users) >= 3


def test_the_manifest_names_every_operation_by_its_digest() -> None:
    manifest = {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in OPERATIONS
    }
    committed = FOLDER / "operations.manifest.json"
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS"):
        committed.write_text(json.dumps(manifest, indent=2) + "\n")
    assert json.loads(committed.read_text()) == manifest, "run `make snapshots`"


def test_every_field_and_argument_without_a_plain_meaning_is_described() -> None:
    served = build_schema(sdl())
    root = [*served.query_type.fields.items(), *served.mutation_type.fields.items()]  # type: ignore[union-attr]
    assert [name for name, field in root if not field.description] == []


def test_an_enum_reaches_resolvers_as_its_member_and_never_as_text() -> None:
    enums = [one for one in schema._schema.type_map.values() if isinstance(one, GraphQLEnumType)]
    own = [one for one in enums if not one.name.startswith("__")]
    assert "LineageDirection" in {one.name for one in own}
    assert [
        one.name for one in own for name in one.values if not isinstance(one.parse_value(name), Enum)
    ] == []
