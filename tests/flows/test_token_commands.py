"""Tokens are issued, listed and revoked on the command line; a revoked one acts no more."""

from pathlib import Path

from flows.terminal import Terminal


def test_a_token_is_listed_until_it_is_revoked_and_then_acts_no_more(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.run("db", "upgrade")
    token = terminal.issue("ada", "sales:domain_owner")
    terminal.issue("bob", "*:consumer")
    listed = terminal.json("token", "list").document["tokens"]
    assert [(one["subject"], one["roles"], one["state"]) for one in listed] == [
        ("ada", ["sales:domain_owner"], "valid"),
        ("bob", ["*:consumer"], "valid"),
    ]
    in_text = terminal.run("token", "list").text
    assert "ada" in in_text
    assert token not in in_text
    assert terminal.json("token", "revoke", listed[0]["tokenId"]).document["state"] == "revoked"
    assert [one["state"] for one in terminal.json("token", "list").document["tokens"]] == ["revoked", "valid"]
    with terminal.acting(token) as ada:
        assert ada.json("lineage", "metric:sales.gmv").document["error"] == "UNAUTHENTICATED"
    again = terminal.json("token", "revoke", listed[0]["tokenId"])
    assert (again.code, again.document["error"]) == (1, "NOT_FOUND")
    assert terminal.json("audit", "verify").code == 0
