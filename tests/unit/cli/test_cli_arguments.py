"""How words on the command line become arguments, roles and tokens, or a usage error."""

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from catalog.cli.acting import asset
from catalog.cli.command import folder, sentence
from catalog.cli.main import COMMANDS, parser
from catalog.cli.token import roles_of
from catalog.domain.errors import UsageError
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.people import Role


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        ([], "The following arguments are required: COMMAND.", "see `concord --help`"),
        (["check"], "The following arguments are required: folder.", "see `concord check --help`"),
        (["db", "drop"], "Argument COMMAND: invalid choice: 'drop'", "see `concord db --help`"),
        (["audit", "verify", "now"], "Unrecognized arguments: now.", "see `concord --help`"),
        (["query", "gmv", "--order-by", "-gmv"], "Argument --order-by: expected one", "--flag=-value"),
    ],
)
def test_a_usage_error_says_what_is_wrong_and_where_help_is(
    words: list[str], message: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as refused:
        parser().parse_args(words)
    assert refused.value.message.startswith(message)
    assert remedy in refused.value.remedy
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_parser_for_one_command_reads_it_as_the_whole_parser_does(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    helps = []
    for one in (parser(), parser(command)):
        with pytest.raises(SystemExit):
            one.parse_args([command, "--help"])
        helps.append(capsys.readouterr().out)
    assert helps[0] == helps[1]
    assert helps[0].startswith(f"usage: concord {command} ")


def test_a_parser_for_one_command_builds_no_other() -> None:
    with pytest.raises(UsageError, match="invalid choice: 'demo'"):
        parser("query").parse_args(["demo"])
    assert parser("no such command").parse_args(["audit", "verify"])


def test_a_flag_is_written_whole() -> None:
    with pytest.raises(UsageError, match="Unrecognized"):
        parser().parse_args(["publish", "metric:sales.gmv", "--dry"])


def test_flags_may_be_given_again() -> None:
    given = parser().parse_args(
        ["query", "gmv", "--group-by", "a__b", "--group-by", "c__d", "--order-by=-gmv"]
    )
    assert (given.metrics, given.group_by, given.order_by) == (["gmv"], ["a__b", "c__d"], ["-gmv"])


def test_the_form_of_the_answer_is_text_unless_asked_otherwise_on_either_side() -> None:
    assert parser().parse_args(["db", "current"]).output == "text"
    assert parser().parse_args(["db", "current", "--output", "json"]).output == "json"
    assert parser().parse_args(["--output", "json", "db", "current"]).output == "json"


def test_an_argument_that_must_be_a_folder_is_one(tmp_path: Path) -> None:
    assert folder(str(tmp_path)) == tmp_path
    (tmp_path / "file").touch()
    for wrong in (tmp_path / "file", tmp_path / "none"):
        with pytest.raises(ArgumentTypeError, match="is no folder"):
            folder(str(wrong))


def test_an_asset_is_named_by_its_key() -> None:
    assert asset("metric:sales.gmv") == AssetKey(AssetKind.METRIC, "sales", "gmv")
    with pytest.raises(UsageError, match="asset key"):
        asset("gmv")


def test_roles_are_gathered_by_domain() -> None:
    assert roles_of(["sales:steward", "sales:consumer", "*:auditor"]) == {
        "sales": frozenset({Role.STEWARD, Role.CONSUMER}),
        "*": frozenset({Role.AUDITOR}),
    }


@pytest.mark.parametrize("text", ["steward", ":steward", "sales:", "sales:king", ""])
def test_what_is_no_role_in_a_domain_is_refused_with_the_roles_there_are(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        roles_of([text])
    assert "domain_owner" in refused.value.remedy


def test_a_help_text_becomes_a_sentence() -> None:
    assert sentence("say which revision the store is at") == "Say which revision the store is at."
