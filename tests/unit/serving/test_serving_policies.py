"""A bundle's life over GraphQL: the same steps, refusals as data, and nothing for who may not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse
from unit.policy.policy_examples import policy_folder

from catalog.access.actor import EVERYWHERE, Actor
from catalog.bootstrap import Services
from catalog.config import Settings
from catalog.domain.people import Role
from catalog.policy.source import read_files
from catalog.publishing.auditing.audit_served import audit_served
from catalog.serving.graphql.request import RequestContext
from catalog.serving.graphql.schema import schema
from catalog.store import migrate

EDDA, ANNA = (
    Actor(name, "policy", "portal", {EVERYWHERE: frozenset({Role.POLICY_ENGINEER})})
    for name in ("edda", "anna")
)
CARL = Actor("carl", "planning", "portal", {"sales": frozenset({Role.CONSUMER})})
UPLOAD = """mutation ($files: [PolicyFileInput!]!) {
  policyUpload(input: {files: $files}) { revision rules stored userErrors { code } } }"""
VALIDATE = """mutation ($revision: String!) {
  policyValidate(input: {revision: $revision}) { revision tests userErrors { code } } }"""
ACTIVATE = """mutation ($revision: String!, $mode: PolicyMode!) {
  policyActivate(input: {revision: $revision, mode: $mode, points: [PUBLISH]}) {
    revision mode points userErrors { code message } } }"""
ROLL_BACK = """mutation ($revision: String!) {
  policyRollBack(input: {revision: $revision}) { revision points userErrors { code } } }"""
POLICIES = "{ policies { bundles { revision stage uploadedBy approvedBy } points { point revision origin shadow } } }"
SHADOWS = "query ($revision: String!) { policyShadows(revision: $revision) { asset appearing } }"

SHADOW_AUDIT = """query ($revision: String!) {
  policyShadowAudit(revision: $revision) { versions demoted finished } }"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    migrate.upgrade(url)
    with Services(Settings(data_root=str(tmp_path), database_url=url, demo=True)) as opened:
        yield opened


def send(services: Services, actor: Actor, query: str, **variables: Any) -> Any:
    context = RequestContext(services, actor, parse(query), "r")
    result = schema.execute_sync(query, variable_values=variables, context_value=context)
    if result.errors:
        return [one.message for one in result.errors]
    assert result.data is not None
    [answer] = result.data.values()
    return answer


def files(root: Path) -> list[dict[str, str]]:
    read = read_files(policy_folder(root))[0]
    return [{"path": file.path, "content": file.data.decode()} for file in read]


def test_a_bundle_is_uploaded_validated_put_in_force_and_back(services: Services, tmp_path: Path) -> None:
    uploaded = send(services, EDDA, UPLOAD, files=files(tmp_path / "rules"))
    revision = uploaded["revision"]
    assert (uploaded["rules"], uploaded["stored"], uploaded["userErrors"]) == (1, True, [])
    refused = send(services, ANNA, ACTIVATE, revision=revision, mode="ENFORCE")
    assert (refused["revision"], refused["userErrors"][0]["code"]) == (None, "REFUSED")
    assert send(services, EDDA, VALIDATE, revision=revision)["tests"] == 2
    assert send(services, EDDA, ACTIVATE, revision=revision, mode="SHADOW")["points"] == ["PUBLISH"]
    points = {one["point"]: one for one in send(services, EDDA, POLICIES)["points"]}
    assert (points["PUBLISH"]["origin"], points["PUBLISH"]["shadow"]) == ("FOLDER", revision)
    own = send(services, EDDA, ACTIVATE, revision=revision, mode="ENFORCE")
    assert own["userErrors"][0]["code"] == "FORBIDDEN"
    assert send(services, ANNA, ACTIVATE, revision=revision, mode="ENFORCE")["mode"] == "ENFORCE"
    found = send(services, EDDA, POLICIES)
    assert found["bundles"] == [
        {"revision": revision, "stage": "ACTIVE", "uploadedBy": "edda", "approvedBy": "anna"}
    ]
    assert {one["point"]: one["origin"] for one in found["points"]} == {
        "AUDIT": "FOLDER",
        "CI": "FOLDER",
        "PUBLISH": "STORE",
        "REGISTER": "FOLDER",
    }
    back = send(services, EDDA, ROLL_BACK, revision=revision)
    assert sorted(back["points"]) == ["AUDIT", "CI", "PUBLISH", "REGISTER"]
    assert send(services, EDDA, SHADOWS, revision=revision) == []


def test_what_an_audit_beside_a_shadow_came_to_is_read(services: Services, tmp_path: Path) -> None:
    revision = send(services, EDDA, UPLOAD, files=files(tmp_path / "rules"))["revision"]
    send(services, EDDA, VALIDATE, revision=revision)
    at_audit = ACTIVATE.replace("[PUBLISH]", "[AUDIT]")
    assert send(services, EDDA, at_audit, revision=revision, mode="SHADOW")["points"] == ["AUDIT"]
    assert send(services, EDDA, SHADOW_AUDIT, revision=revision) is None
    audit_served(EDDA, services.gate)
    found = send(services, EDDA, SHADOW_AUDIT, revision=revision)
    assert found == {"versions": 0, "demoted": 0, "finished": True}


def test_policies_are_for_those_who_may_read_them(services: Services, tmp_path: Path) -> None:
    assert "needs one of" in send(services, CARL, POLICIES)[0]
    assert "needs one of" in send(services, CARL, SHADOWS, revision="sha256:r")[0]
    assert "needs one of" in send(services, CARL, SHADOW_AUDIT, revision="sha256:r")[0]
    refused = send(services, CARL, UPLOAD, files=files(tmp_path / "rules"))
    assert [one["code"] for one in refused["userErrors"]] == ["FORBIDDEN"]
