"""The days of a domain team and of a policy engineer on the command line, and what it says to bad input."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from flows.terminal import OUTSIDE, ROOT, Answer, Terminal, rewrite

pytestmark = pytest.mark.xdist_group("command-line")

PRODUCT = "data_product:logistics.requests"
METRIC = "metric:logistics.request_count"
SUNSET = "2099-06-30T00:00:00Z"
PRODUCT_FILE = Path("products", "requests", "product.odps.yaml")
CONTRACT_FILE = Path("products", "requests", "contract.odcs.yaml")
METRIC_FILE = Path("metrics", "requests.yaml")
COUNTED = "        agg: count\n        expr: request_id\n"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """What every command of a domain team's first day answered, in the order of the day."""
    folder = tmp_path_factory.mktemp("day")
    (folder / "data").mkdir()
    terminal, mine = Terminal(folder), folder / "mine"
    said = {
        "init": terminal.run("init", mine, "--domain", "logistics"),
        "check": terminal.run("check", mine),
        "check without data": terminal.json("check", mine, "--quality"),
        "plan without a token": terminal.json("plan", mine),
        "revision of nothing": terminal.run("db", "current"),
        "token without a store": terminal.json(*issue_words()),
        "upgrade": terminal.run("db", "upgrade"),
        "upgrade again": terminal.json("db", "upgrade"),
    }
    rewrite(mine / METRIC_FILE, "tier: tier_3", "tier: tier_1")
    owner = terminal.issue("ada", "logistics:domain_owner")
    with terminal.acting(owner) as ada:
        said["plan without data"] = ada.json("plan", mine)
        terminal.deliver()
        said["check with data"] = ada.run("check", mine, "--quality")
        said["plan"] = ada.json("plan", mine)
        said["plan in text"] = ada.run("plan", mine, "--no-quality")
        said["apply dry"] = ada.json("apply", mine, "--dry-run")
        said["publish before apply"] = ada.json("publish", PRODUCT)
        said["apply"] = ada.json("apply", mine)
        said["apply again"] = ada.run("apply", mine)
        said["metric before product"] = ada.json("publish", METRIC)
        said["publish dry"] = ada.run("publish", PRODUCT, "--dry-run")
        said["publish"] = ada.json("publish", PRODUCT)
        said["publish again"] = ada.run("publish", PRODUCT)
        said["stale"] = ada.json("publish", METRIC, "--expected-row-version", "41")
        said["metric unsigned"] = ada.run("publish", METRIC)
        said["sign"] = ada.json("sign-off", METRIC, "--role", "domain_owner")
        said["sign in another role"] = ada.json("sign-off", METRIC, "--role", "steward")
    with terminal.acting(terminal.issue("stella", "logistics:steward")) as stella:
        said["sign as steward"] = stella.run("sign-off", METRIC, "--role", "steward")
    with terminal.acting(owner) as ada:
        said["metric"] = ada.json("publish", METRIC, "--idempotency-key", "morning")
        said["metric by the same key"] = ada.json("publish", METRIC, "--idempotency-key", "morning")
        said["other by the same key"] = ada.json("publish", PRODUCT, "--idempotency-key", "morning")
        said["explain"] = ada.json("query", "request_count", "--explain")
        watched = Terminal(folder, owner, {"PYTHONPROFILEIMPORTTIME": "1"})
        said["explain alone"] = watched.process("query", "request_count", "--explain")
    with terminal.acting(terminal.issue("bi", "*:consumer")) as bi:
        said["query"] = bi.json(
            "query", "request_count", "--group-by", "request__topic", "--order-by=-request_count"
        )
        said["query in text"] = bi.run("query", "logistics.request_count")
        said["query of nothing"] = bi.json("query", "logistics.profit")
        said["query by nothing"] = bi.json("query", "request_count", "--group-by", "planet")
        said["query half a range"] = bi.json("query", "request_count", "--start", "2026-01-01")
        said["publish by a consumer"] = bi.json("publish", METRIC)
    with terminal.acting(owner) as ada:
        said["deprecate"] = ada.json(
            "deprecate", METRIC, "1.0.0", "--notice", "use tickets", "--sunset", SUNSET
        )
        said["deprecate on no date"] = ada.json(
            "deprecate", METRIC, "1.0.0", "--notice", "x", "--sunset", "soon"
        )
        said["query deprecated"] = ada.run("query", "request_count")
        said["retire"] = ada.json("retire", METRIC, "1.0.0")
        said["audit"] = ada.json("audit", "verify")
        said["audit in text"] = ada.run("audit", "verify")
    return said


def issue_words(**changed: str) -> list[str]:
    flags = {"subject": "ada", "team": "logistics", "application": "tests", **changed}
    return ["token", "issue", *(part for name, text in flags.items() for part in (f"--{name}", text))]


class TestTheDomainTeamsDay:
    def test_the_first_documents_pass_with_no_store_and_no_data(self, day: dict[str, Answer]) -> None:
        assert day["init"].code == 0
        assert day["init"].text.count("wrote ") == 3
        assert (day["check"].code, day["check"].errors) == (0, "")
        assert "passes: 2 assets judged, no findings." in day["check"].text

    def test_quality_without_data_names_the_file_and_line_that_ask_for_it(
        self, day: dict[str, Answer]
    ) -> None:
        assert day["check without data"].code == 1
        (finding,) = day["check without data"].document["findings"]
        assert (finding["code"], finding["file"]) == ("DATA_MISSING", CONTRACT_FILE.as_posix())
        assert finding["line"] > 1
        assert finding["remedy"]

    def test_nobody_acts_without_a_token(self, day: dict[str, Answer]) -> None:
        assert day["plan without a token"].code == 2
        assert day["plan without a token"].document["error"] == "UNAUTHENTICATED"
        assert "CONCORD_TOKEN" in day["plan without a token"].document["remedy"]

    def test_a_store_without_a_schema_says_how_to_get_one(self, day: dict[str, Answer]) -> None:
        assert "concord db upgrade" in day["revision of nothing"].text
        assert day["token without a store"].code == 2
        assert day["token without a store"].document["error"] == "STORE_SCHEMA_OUTDATED"
        assert "concord db upgrade" in day["token without a store"].document["remedy"]

    def test_an_upgrade_may_be_repeated(self, day: dict[str, Answer]) -> None:
        assert (day["upgrade"].code, day["upgrade again"].code) == (0, 0)
        assert "from empty to " in day["upgrade"].text
        assert day["upgrade again"].document["before"] == day["upgrade again"].document["after"]

    def test_the_plan_says_what_would_be_refused_and_why(self, day: dict[str, Answer]) -> None:
        assert day["plan without data"].code == 1
        product, metric = day["plan without data"].document["assets"]
        assert (product["asset"], product["state"]) == (PRODUCT, "would be refused")
        assert [one["code"] for one in product["findings"]] == ["DATA_MISSING"]
        assert "DEPENDENCY_NOT_SERVED" in [one["code"] for one in metric["findings"]]

    def test_the_plan_follows_the_flow_with_nothing_stored(self, day: dict[str, Answer]) -> None:
        assert day["check with data"].code == 0
        product, metric = day["plan"].document["assets"]
        assert (product["state"], product["registers"]) == ("would be published", True)
        assert [one["code"] for one in metric["findings"]] == ["SIGN_OFF_MISSING"] * 2
        assert "Nothing was stored." in day["plan in text"].text
        assert day["publish before apply"].code == 1
        assert day["publish before apply"].document["error"] == "NOT_FOUND"

    def test_the_same_documents_are_registered_once(self, day: dict[str, Answer]) -> None:
        dry, first = day["apply dry"].document, day["apply"].document
        assert [one["stored"] for one in first["drafts"]] == [True, True]
        assert [one["digest"] for one in dry["drafts"]] == [one["digest"] for one in first["drafts"]]
        assert day["apply again"].code == 0
        assert day["apply again"].text.count(" unchanged ") == 2

    def test_a_product_is_published_once(self, day: dict[str, Answer]) -> None:
        assert "nothing was stored" in day["publish dry"].text
        assert day["publish"].code == 0
        assert day["publish"].document["result"] == "published"
        assert day["publish again"].code == 0
        assert f"{PRODUCT} 1.0.0: unchanged" in day["publish again"].text

    def test_a_metric_waits_for_its_product_and_for_its_sign_offs(self, day: dict[str, Answer]) -> None:
        assert day["metric before product"].code == 1
        assert "DEPENDENCY_NOT_SERVED" in day["metric before product"].codes
        assert day["metric unsigned"].code == 1
        assert "[SIGN_OFF_MISSING]" in day["metric unsigned"].text
        assert day["sign"].document["missing"] == ["steward"]
        assert day["sign in another role"].document["error"] == "FORBIDDEN"
        assert "nobody is left to sign" in day["sign as steward"].text
        assert day["metric"].document["result"] == "published"

    def test_the_same_idempotency_key_gives_the_same_answer_and_serves_nothing_else(
        self, day: dict[str, Answer]
    ) -> None:
        assert day["metric by the same key"].document == day["metric"].document
        assert day["other by the same key"].code == 1
        assert day["other by the same key"].document["error"] == "IDEMPOTENCY_MISMATCH"

    def test_a_stale_row_version_is_refused(self, day: dict[str, Answer]) -> None:
        assert day["stale"].code == 1
        assert day["stale"].document["error"] == "STALE_ROW_VERSION"

    def test_a_consumer_gets_one_number_with_its_trust_facts(self, day: dict[str, Answer]) -> None:
        answer = day["query"].document
        assert answer["columns"] == ["request__topic", "request_count"]
        assert answer["rows"] == [["topic 0", 34], ["topic 1", 33], ["topic 2", 33]]
        (fact,) = answer["facts"]
        assert (fact["metric"], fact["version"], fact["certified"]) == (METRIC, "1.0.0", True)
        assert datetime.fromisoformat(fact["measuredAt"]).utcoffset() == timedelta(0)
        lines = day["query in text"].text.splitlines()
        assert lines[:2] == ["request_count", "100"]
        assert "certified" in lines[2]

    def test_the_owner_may_see_the_sql(self, day: dict[str, Answer]) -> None:
        assert "COUNT(" in day["explain"].document["sql"]
        assert "Aggregate request_count" in day["explain"].document["plan"]

    def test_explaining_loads_neither_the_engines_nor_the_gate_nor_the_server(
        self, day: dict[str, Answer]
    ) -> None:
        told = [line.split("|") for line in day["explain alone"].errors.splitlines() if "|" in line]
        loaded = {columns[-1].strip() for columns in told}
        assert {"sqlalchemy", "sqlglot", "catalog.metrics.compile"} <= loaded
        heavy = {"alembic", "duckdb", "fastapi", "graphql", "pyarrow", "pydantic", "regorus", "strawberry"}
        assert loaded & {*heavy, "uvicorn", "catalog.policy.load", "catalog.publishing.ports"} == set()

    @pytest.mark.parametrize(
        ("step", "code", "error"),
        [
            ("query of nothing", 1, "NOT_FOUND"),
            ("query by nothing", 1, "QUERY_REFUSED"),
            ("query half a range", 2, "USAGE_ERROR"),
            ("publish by a consumer", 1, "FORBIDDEN"),
            ("deprecate on no date", 2, "USAGE_ERROR"),
        ],
    )
    def test_a_wrong_question_has_its_answer(
        self, day: dict[str, Answer], step: str, code: int, error: str
    ) -> None:
        assert (day[step].code, day[step].document["error"]) == (code, error)

    def test_a_deprecated_version_says_so_and_stays_until_its_sunset(self, day: dict[str, Answer]) -> None:
        assert day["deprecate"].document["status"] == "deprecated"
        assert "deprecated: use tickets" in day["query deprecated"].text
        assert day["retire"].code == 1
        assert day["retire"].codes == ["SUNSET_NOT_REACHED"]

    def test_the_audit_chain_holds_at_the_end_of_the_day(self, day: dict[str, Answer]) -> None:
        assert day["audit"].code == 0
        assert day["audit"].document["verified"] > 5
        assert day["audit"].document["head"] in day["audit in text"].text


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal of a domain owner, with documents registered and data delivered."""
    terminal = Terminal(tmp_path_factory.mktemp("opened"))
    terminal.deliver(10)
    terminal.run("init", terminal.folder / "mine", "--domain", "logistics")
    terminal.run("db", "upgrade")
    terminal.token = terminal.issue("ada", "logistics:domain_owner")
    assert terminal.run("apply", terminal.folder / "mine").code == 0
    return terminal


@pytest.fixture
def documents(opened: Terminal, tmp_path: Path) -> Iterator[Path]:
    """A copy of the documents to spoil; the store must be the same afterwards, row by row."""
    before = opened.stored()
    folder = tmp_path / "spoiled"
    shutil.copytree(opened.folder / "mine", folder)
    yield folder
    assert opened.stored() == before


Spoil = Callable[[Path], None]


def broken_yaml(folder: Path) -> None:
    rewrite(folder / PRODUCT_FILE, "tags: [requests]", "tags: [requests")


def yaml_bomb(folder: Path) -> None:
    lines = ["a: &a [x, x]", *(f"{now}: &{now} [*{last}, *{last}]" for last, now in pairwise("abcdefghi"))]
    (folder / "bomb.yaml").write_text("\n".join(lines))


def deep_yaml(folder: Path) -> None:
    (folder / "deep.yaml").write_text("[" * 5_000 + "]" * 5_000)


def duplicate_keys(folder: Path) -> None:
    rewrite(folder / PRODUCT_FILE, "domain: logistics\n", "domain: logistics\ndomain: sales\n")


def sub_query(folder: Path) -> None:
    rewrite(folder / METRIC_FILE, COUNTED, COUNTED.replace("request_id", "(SELECT max(1) FROM salaries)"))


def file_function(folder: Path) -> None:
    rewrite(folder / METRIC_FILE, COUNTED, COUNTED.replace("request_id", "read_text('/etc/hostname')"))


def link_out(folder: Path) -> None:
    (folder / "outside.yaml").symlink_to(ROOT / "examples" / "mesh" / "expectations.yaml")


def dangling_link(folder: Path) -> None:
    (folder / "gone.yaml").symlink_to(folder / "nothing.yaml")


def no_documents(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize("command", ["check", "plan", "apply"])
@pytest.mark.parametrize(
    ("spoil", "code", "file"),
    [
        (broken_yaml, "YAML_SYNTAX", PRODUCT_FILE.as_posix()),
        (yaml_bomb, "YAML_ALIAS", "bomb.yaml"),
        (deep_yaml, "YAML_LIMIT", "deep.yaml"),
        (duplicate_keys, "YAML_DUPLICATE_KEY", PRODUCT_FILE.as_posix()),
        (sub_query, "EXPRESSION_NOT_ALLOWED", METRIC_FILE.as_posix()),
        (file_function, "EXPRESSION_NOT_ALLOWED", METRIC_FILE.as_posix()),
        (link_out, "DOCUMENT_UNREADABLE", "outside.yaml"),
        (dangling_link, "DOCUMENT_UNREADABLE", "gone.yaml"),
        (no_documents, "NOTHING_TO_REGISTER", ""),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_bad_documents_are_refused_at_their_place_and_nothing_is_stored(
    opened: Terminal, documents: Path, spoil: Spoil, code: str, file: str, command: str
) -> None:
    spoil(documents)
    answer = opened.json(command, documents)
    assert answer.code == 1
    found = [one for one in all_findings(answer) if one["code"] == code]
    assert found, answer.text
    assert {one["file"] for one in found} == {file}
    assert all(one["message"] and one["remedy"] and one["level"] == "error" for one in found)


def all_findings(answer: Answer) -> list[dict[str, str]]:
    document = answer.document
    return [
        *document["findings"],
        *(found for one in document.get("assets", ()) for found in one.get("findings", ())),
    ]


@pytest.mark.parametrize("command", [("check", "--quality"), ("plan",)], ids=" ".join)
@pytest.mark.parametrize("path", ["../../secrets/{object}.parquet", "/etc/{object}.parquet"])
def test_a_path_outside_the_data_root_is_refused_and_nothing_is_stored(
    opened: Terminal, documents: Path, path: str, command: tuple[str, ...]
) -> None:
    rewrite(documents / CONTRACT_FILE, "logistics/requests/{object}.parquet", path)
    answer = opened.json(command[0], documents, *command[1:])
    assert answer.code == 1
    (found,) = [one for one in all_findings(answer) if one["code"] == "PATH_OUTSIDE_ROOT"]
    assert found["file"] == CONTRACT_FILE.as_posix()


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_product_without_an_owner_is_refused_and_nothing_is_stored(
    opened: Terminal, documents: Path, command: str
) -> None:
    rewrite(
        documents / PRODUCT_FILE,
        "  - property: owner           # answers for the product\n    value: first.owner\n",
        "",
    )
    rewrite(documents / PRODUCT_FILE, "      role: owner\n", "      role: steward\n")
    answer = opened.json(command, documents)
    assert answer.code == 1
    assert "ORG-OWN-001" in [one["code"] for one in all_findings(answer)]


def test_a_refusal_in_text_is_told_at_once_with_its_remedies(opened: Terminal, documents: Path) -> None:
    broken_yaml(documents)
    yaml_bomb(documents)
    answer = opened.run("apply", documents)
    assert (answer.code, answer.text) == (1, "")
    first, *rest = answer.errors.splitlines()
    assert first == "concord: The documents are refused; nothing was registered. [REFUSED]"
    assert sum("remedy: " in line for line in rest) >= 2
    assert any(line.startswith(f"{PRODUCT_FILE.as_posix()}:") for line in rest)
    assert any(line.startswith("bomb.yaml:1:") for line in rest)


@pytest.mark.parametrize(
    ("words", "settings", "code", "error"),
    [
        (["check", "nowhere"], {}, 2, "USAGE_ERROR"),
        (["check"], {}, 2, "USAGE_ERROR"),
        (["check", "mine", "--faster"], {}, 2, "USAGE_ERROR"),
        (["chekc", "mine"], {}, 2, "USAGE_ERROR"),
        (["db"], {}, 2, "USAGE_ERROR"),
        (["policy", "test", "nowhere"], {}, 2, "USAGE_ERROR"),
        (["policy", "test", "mine"], {}, 1, "BUNDLE_INVALID"),
        (["init", "mine", "--domain", "logistics"], {}, 2, "USAGE_ERROR"),
        (["init", "new", "--domain", "Logistics GmbH"], {}, 2, "USAGE_ERROR"),
        (["init", "mine/metrics/requests.yaml", "--domain", "logistics"], {}, 2, "USAGE_ERROR"),
        (["publish", "requests"], {}, 2, "USAGE_ERROR"),
        (["publish", "table:logistics.requests"], {}, 2, "USAGE_ERROR"),
        (["publish", METRIC, "--expected-row-version", "one"], {}, 2, "USAGE_ERROR"),
        (["sign-off", METRIC, "--role", "boss"], {}, 2, "USAGE_ERROR"),
        (["query", "request_count", "--limit", "-1"], {}, 1, "NOT_FOUND"),
        (["query", "request_count", "--order-by", "-request_count"], {}, 2, "USAGE_ERROR"),
        (["retire", METRIC, "1.0.0"], {}, 1, "NOT_FOUND"),
        (issue_words(days="0"), {}, 2, "USAGE_ERROR"),
        (issue_words(days="999999999999"), {}, 2, "USAGE_ERROR"),
        (issue_words(subject=" "), {}, 2, "USAGE_ERROR"),
        (issue_words(role="logistics:boss"), {}, 2, "USAGE_ERROR"),
        (["demo", "--scale", "0"], {}, 2, "USAGE_ERROR"),
        (["demo", "--scale", "nan"], {}, 2, "USAGE_ERROR"),
        (["demo", "--folder", "mine"], {}, 2, "USAGE_ERROR"),
        (["apply", "mine"], {"CONCORD_TOKEN": "concord_stolen"}, 2, "UNAUTHENTICATED"),
        (["publish", METRIC], {"CONCORD_DEMO": "false"}, 2, "CONFIG_INVALID"),
        (["check", "mine"], {"CONCORD_PORT": "many"}, 2, "CONFIG_INVALID"),
        (["check", "mine"], {"CONCORD_POLICY_ENGINE": "magic"}, 2, "CONFIG_INVALID"),
        (["check", "mine"], {"CONCORD_POLICY_ENGINE": "opa"}, 2, "CONFIG_INVALID"),
        (["check", "mine"], {"CONCORD_POLICIES": "mine"}, 1, "BUNDLE_INVALID"),
        (["serve"], {"CONCORD_DEMO": "false"}, 2, "CONFIG_INVALID"),
        (["serve"], {"CONCORD_PORT": "70000"}, 2, "CONFIG_INVALID"),
        (["db", "upgrade"], {"CONCORD_DATABASE_URL": "mysql://root@127.0.0.1/x"}, 2, "CONFIG_INVALID"),
        (["db", "upgrade"], {"CONCORD_DATABASE_URL": "postgresql://127.0.0.1/x"}, 2, "CONFIG_INVALID"),
        (["db", "upgrade"], {"CONCORD_DATABASE_URL": "sqlite:///mine/metrics/requests.yaml"}, 2, "STORE_UNAVAILABLE"),
        (["db", "upgrade"], {"CONCORD_DATABASE_URL": "sqlite:////proc/none/catalog.db"}, 2, "CATALOG_ERROR"),
        (["init", "/proc/none", "--domain", "logistics"], {}, 2, "CATALOG_ERROR"),
        (["audit", "verify"], {"CONCORD_DATABASE_URL": "sqlite:///none/catalog.db"}, 2, "STORE_SCHEMA_OUTDATED"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)  # fmt: skip
def test_a_command_that_cannot_be_done_says_so_in_text_and_in_json(
    opened: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    settings: dict[str, str],
    code: int,
    error: str,
) -> None:
    monkeypatch.chdir(opened.folder)
    before = opened.stored()
    terminal = Terminal(opened.folder, opened.token, settings)
    answer = terminal.json(*words)
    assert (answer.code, answer.document["error"]) == (code, error)
    assert answer.document["message"]
    text = terminal.run(*words)
    assert (text.code, text.text) == (code, "")
    assert text.errors.startswith("concord: ")
    assert f"[{error}]" in text.errors.splitlines()[0]
    assert "Traceback" not in text.errors
    assert opened.stored() == before


def test_the_form_of_the_answer_may_be_asked_for_before_the_command(opened: Terminal) -> None:
    answer = opened.run("--output", "json", "check", opened.folder / "mine")
    assert answer.document["passes"] is True
    assert opened.run("--output=json", "check").document["error"] == "USAGE_ERROR"


def test_a_policy_engine_that_does_not_answer_is_no_verdict_on_the_documents(opened: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    silent = {"CONCORD_POLICY_ENGINE": "opa", "CONCORD_OPA_URL": address}
    before = opened.stored()
    for command in ("check", "plan"):
        answer = Terminal(opened.folder, opened.token, silent).json(command, opened.folder / "mine")
        assert answer.code == 2
        assert "POLICY_UNAVAILABLE" in [one["code"] for one in all_findings(answer)]
    assert opened.stored() == before


@pytest.mark.parametrize("domain", ["logistics", "finance", "marketing", "no", "true", "null", "x", "a-1_b"])
def test_the_first_documents_of_any_domain_pass(tmp_path: Path, domain: str) -> None:
    terminal = Terminal(tmp_path)
    assert terminal.run("init", tmp_path / "mine", "--domain", domain).code == 0
    answer = terminal.json("check", tmp_path / "mine")
    assert (answer.code, answer.document["findings"]) == (0, [])
    assert [one["asset"] for one in answer.document["assets"]] == [
        f"data_product:{domain}.requests",
        f"metric:{domain}.request_count",
    ]


class TestInAProcessOfItsOwn:
    def test_check_needs_neither_store_nor_data_nor_settings_and_leaves_nothing(self, tmp_path: Path) -> None:
        Terminal(tmp_path).run("init", tmp_path / "mine", "--domain", "logistics")
        done = subprocess.run(
            [sys.executable, "-m", "catalog.cli.main", "check", "mine", "--output", "json"],
            cwd=tmp_path,
            env={**OUTSIDE, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["passes"] is True
        assert [path.name for path in tmp_path.iterdir()] == ["mine"]

    def test_help_has_examples_and_exit_codes(self, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path)
        assert "0 ok, 1 refused, 2 usage or engine error" in " ".join(terminal.process("--help").text.split())
        assert "concord query finance.gmv" in terminal.process("query", "--help").text
        assert terminal.process("--version").text.startswith("concord ")

    def test_a_reader_that_leaves_early_sees_no_stack_trace(self, tmp_path: Path) -> None:
        Terminal(tmp_path).run("init", tmp_path / "mine", "--domain", "logistics")
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as closed:
            done = subprocess.run(
                [sys.executable, "-m", "catalog.cli.main", "check", "mine"],
                cwd=tmp_path,
                env={**OUTSIDE, "PYTHONPATH": str(ROOT)},
                stdout=closed,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert (done.returncode, done.stderr) == (141, "")

    def test_a_name_that_is_no_text_is_written_with_escapes(self, tmp_path: Path) -> None:
        Terminal(tmp_path).run("init", tmp_path / "mine", "--domain", "logistics")
        (tmp_path / "mine" / os.fsdecode(b"gr\xfcn\x1b[2K.yaml")).write_text("a: [")
        terminal = Terminal(tmp_path, settings={"PYTHONIOENCODING": "ascii"})
        text = terminal.process("check", "mine")
        assert (text.code, text.errors) == (1, "")
        assert "gr\\udcfcn\\x1b[2K.yaml:2:1 " in text.text
        answer = terminal.process("check", "mine", "--output", "json")
        assert answer.document["findings"][0]["file"] == os.fsdecode(b"gr\xfcn\x1b[2K.yaml")

    def test_a_server_whose_port_is_taken_says_so(self, opened: Terminal) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = {"CONCORD_PORT": str(taken.getsockname()[1])}
            answer = Terminal(opened.folder, opened.token, port).process("serve", "--output", "json")
        assert answer.code == 2
        assert "CONCORD_PORT" in json.loads(answer.text)["remedy"]
        assert "Traceback" not in answer.errors


class TestThePolicyEngineersDay:
    @pytest.fixture
    def rules(self, tmp_path: Path) -> Path:
        shutil.copytree(ROOT / "policies", tmp_path / "policies")
        return tmp_path / "policies"

    def test_every_rule_of_the_house_holds(self, tmp_path: Path) -> None:
        answer = Terminal(tmp_path).json("policy", "test")
        assert answer.code == 0
        assert answer.document["failed"] == []
        assert answer.document["rules"] >= 12
        assert answer.document["passed"] >= 2 * answer.document["rules"]

    def test_a_test_that_does_not_hold_is_named_with_its_place(self, tmp_path: Path, rules: Path) -> None:
        tests = rules / "org" / "owner_test.rego"
        tests.write_text(tests.read_text() + "\ntest_nothing_holds if 1 == 2\n")
        answer = Terminal(tmp_path).json("policy", "test", rules)
        assert answer.code == 1
        (failed,) = answer.document["failed"]
        assert failed["test"].endswith("test_nothing_holds")
        assert failed["place"].startswith("org/owner_test.rego:")
        text = Terminal(tmp_path).run("policy", "test", rules)
        assert "test_nothing_holds does not hold" in text.text
        assert "1 failed" in text.text

    def test_a_rule_without_a_test_does_not_load(self, tmp_path: Path, rules: Path) -> None:
        (rules / "org" / "owner_test.rego").unlink()
        answer = Terminal(tmp_path).json("policy", "test", rules)
        assert (answer.code, answer.document["error"]) == (1, "BUNDLE_INVALID")
        assert answer.codes == ["POLICY_RULE_UNTESTED"]

    def test_a_new_rule_judges_the_next_check(self, tmp_path: Path, rules: Path) -> None:
        terminal = Terminal(tmp_path, settings={"CONCORD_POLICIES": str(rules)})
        terminal.run("init", tmp_path / "mine", "--domain", "logistics")
        assert terminal.run("check", tmp_path / "mine").code == 0
        rule, tests = (rules / "org" / name for name in ("owner.rego", "owner_test.rego"))
        rewrite(rule, "ORG-OWN-001\n", "ORG-OWN-009\n")
        rule.write_text(
            rule.read_text()
            .replace('input.asset.owner == ""', 'input.asset.owner != "council"')
            .replace('"ORG-OWN-001"', '"ORG-OWN-009"')
        )
        assert tests.exists()
        answer = terminal.json("check", tmp_path / "mine")
        assert answer.code == 1
        assert set(answer.codes) == {"ORG-OWN-009"}
        assert len(answer.codes) == 2
