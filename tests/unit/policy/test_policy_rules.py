"""The Rego tests of the shipped rules, on the embedded engine and with OPA's own tool."""

import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from unit.policy.policy_examples import POLICIES, bundle_of, policy_folder, real_bundle, reporting
from waiting import PATIENCE

from catalog.adapters.rego_tests import run_rego_tests
from catalog.domain.errors import BundleInvalid, PolicyUnavailable
from catalog.policy.bundle import Module
from catalog.policy.load import load_bundle, read_tests
from catalog.policy.ports import RegoTestResult


@pytest.fixture(scope="module")
def results() -> tuple[RegoTestResult, ...]:
    return run_rego_tests(real_bundle(), read_tests(POLICIES), deadline_seconds=PATIENCE)


def test_every_rego_test_passes_on_the_embedded_engine(results: tuple[RegoTestResult, ...]) -> None:
    assert [one for one in results if not one.passed] == []


def test_every_rule_has_a_passing_and_a_failing_case(results: tuple[RegoTestResult, ...]) -> None:
    cases = Counter(one.name.rsplit(".", 1)[0].removesuffix("_test") for one in results)
    assert {rule.package for rule in real_bundle().rules} == set(cases)
    assert [package for package, number in cases.items() if number < 2] == []
    for module in read_tests(POLICIES):
        assert ") == 0" in module.source, f"{module.path} has no case that passes"
        assert '"id": "' in module.source, f"{module.path} has no case that is reported"


@pytest.mark.opa
@pytest.mark.parametrize(
    "command",
    [
        ["test", "."],
        ["check", "--strict", "."],
        ["check", "--strict", "--schema", "schema/policy_view.schema.json", "org", "domains"],
        ["fmt", "--list", "--fail", "."],
    ],
    ids=["test", "check", "check against the view's schema", "fmt"],
)
def test_opas_own_tool_agrees(opa_binary: str, command: list[str]) -> None:
    ran = subprocess.run([opa_binary, *command], cwd=POLICIES, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_test_that_is_not_true_fails_at_its_line(tmp_path: Path) -> None:
    test = (
        "package governance.org.owner_test\n\nimport data.governance.org.owner\n\n"
        "test_true if owner.violation\n\n"
        "test_false := false\n\n"
        "test_undefined if input.nothing\n\n"
        'test_error if to_number("x") == 1\n\n'
        "testing := 1\n"
    )
    root = policy_folder(tmp_path, **{"org/owner_test.rego": test})
    found = run_rego_tests(load_bundle(root), read_tests(root), deadline_seconds=PATIENCE)
    names = [(one.name.rsplit(".", 1)[1], one.passed, one.place.file, one.place.line) for one in found]
    assert names == [
        ("test_true", True, "org/owner_test.rego", 5),
        ("test_false", False, "org/owner_test.rego", 7),
        ("test_undefined", False, "org/owner_test.rego", 9),
        ("test_error", False, "org/owner_test.rego", 11),
    ]
    assert [bool(one.reason) for one in found] == [False, False, False, True]
    assert found[3].reason.startswith("org/owner_test.rego:11:")
    assert "Stack backtrace" not in found[3].reason


def test_a_test_module_that_does_not_compile_is_named() -> None:
    broken = Module("org/x_test.rego", "package governance.org.x_test\n\ntest_it if {\n")
    with pytest.raises(BundleInvalid) as refused:
        run_rego_tests(bundle_of(reporting()), [broken], deadline_seconds=PATIENCE)
    assert refused.value.findings[0].place.file == "org/x_test.rego"


def test_tests_that_do_not_end_are_ended() -> None:
    endless = "test_it if count([1 | some a in numbers.range(1, 9999); some b in numbers.range(1, 9999); a == b]) == 1"
    module = Module("org/x_test.rego", f"package governance.org.x_test\n\n{endless}\n")
    with pytest.raises(PolicyUnavailable, match="no answer within"):
        run_rego_tests(
            replace(bundle_of(reporting()), revision="sha256:endless"), [module], deadline_seconds=1
        )
