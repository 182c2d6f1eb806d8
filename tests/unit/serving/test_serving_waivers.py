"""A waiver over GraphQL: asked for, approved by another, revoked; refusals as data."""

from datetime import timedelta

from unit.serving.test_serving_policies import ANNA, CARL, EDDA, send, services

from catalog.bootstrap import Services

__all__ = ["services"]

ASK = """mutation ($expires: DateTime!) { policyWaiverRequest(input: {rule: "ORG-PRV-002", ticket: "GOV-1",
  asset: "data_product:sales.orders", reason: "moves", expires: $expires}) {
  waiver { id state requestedBy } userErrors { code } } }"""
STEP = (
    "mutation ($id: String!) { %s(input: {waiver: $id}) { waiver { state approvedBy } userErrors { code } } }"
)
APPROVE, REVOKE = STEP % "policyWaiverApprove", STEP % "policyWaiverRevoke"
LIST = "{ policyWaivers(first: 1) { nodes { id state } pageInfo { hasNextPage } } }"


def test_a_waiver_is_asked_for_approved_by_another_and_revoked(services: Services) -> None:
    soon = (services.clock.now() + timedelta(days=9)).isoformat()
    assert send(services, CARL, ASK, expires=soon)["userErrors"] == [{"code": "FORBIDDEN"}]
    asked = send(services, EDDA, ASK, expires=soon)["waiver"]
    assert (asked["state"], asked["requestedBy"]) == ("REQUESTED", "edda")
    own = send(services, EDDA, APPROVE, id=asked["id"])
    assert own == {"waiver": None, "userErrors": [{"code": "FORBIDDEN"}]}
    approved = send(services, ANNA, APPROVE, id=asked["id"])["waiver"]
    assert approved == {"state": "APPROVED", "approvedBy": "anna"}
    assert send(services, EDDA, REVOKE, id=asked["id"])["waiver"]["state"] == "REVOKED"
    assert send(services, EDDA, LIST)["nodes"] == [{"id": asked["id"], "state": "REVOKED"}]
    assert send(services, CARL, LIST)["nodes"] == []
