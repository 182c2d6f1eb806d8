"""The portable profile: what leaves it is refused at its line, before any engine sees it."""

import pytest
from unit.policy.policy_examples import BODY, real_bundle

from catalog.policy.bundle import Module
from catalog.policy.portable import BUILTINS, lint

RULE = BODY.format(id="ORG-OWN-001", package="governance.org.owner")
DATA = {
    "org": {"params": {"regions": {"allowed": ["eu"]}}},
    "domains": {"finance": {"params": {"money": {"names": ["amount"]}}}, "sales": {"params": {}}},
}


def findings(added: str, domain: str = "") -> list[str]:
    return [str(one) for one in lint(Module("org/owner.rego", RULE + added), domain, DATA)]


def test_the_shipped_rules_keep_to_the_profile() -> None:
    bundle = real_bundle()
    domains = {rule.path: rule.domain for rule in bundle.rules}
    assert [lint(one, domains[one.path], bundle.data) for one in bundle.modules] == [()] * len(bundle.modules)


@pytest.mark.parametrize(
    ("added", "profile_rule"),
    [
        ('violation contains {"id": c.x} if some c in input.contracts\n', "PORT-001"),
        ('violation contains\n  {"id": 1} if true\n', "PORT-001"),
        ("violation contains v.x if some v in input.contracts\n", "PORT-001"),
        ("served[name] := 1 if some name in input.contracts\n", "PORT-001"),
        ('x if not input.asset.owner in {"a"}\n', "PORT-002"),
        ("x if not\n  input.asset.owner\n", "PORT-002"),
        ('x if not startswith("a", data.org.params.regions.allowed)\n', "PORT-002"),
        ('x := http.send({"url": "http://127.0.0.1"})\n', "PORT-003"),
        ('x := http . send({"url": "http://127.0.0.1"})\n', "PORT-003"),
        ("x := opa.runtime()\n", "PORT-003"),
        ("x := time.now_ns()\n", "PORT-003"),
        ('x := rand.intn("a", 10)\n', "PORT-003"),
        ("x := uuid.rfc4122(1)\n", "PORT-003"),
        ('x := net.lookup_ip_addr("a")\n', "PORT-003"),
        ('x if trace("a")\n', "PORT-003"),
        ('x := io.jwt.decode("a")\n', "PORT-003"),
        ('x := sprintf("%v", [1.5])\n', "PORT-003"),
        ('x := http["send"]({})\n', "PORT-003"),
        ('x := $"{http.send({})}"\n', "PORT-003"),
        ("x if input.asset with input as {}\n", "PORT-003"),
        ("import data.governance.org.steward\n", "PORT-003"),
        ("x := data.governance.org.steward.violation\n", "PORT-003"),
        ('x := data["governance"]\n', "PORT-003"),
        ("x := data.domains.finance.params.money.names\n", "PORT-003"),
        ("f(n) := f(n)\n", "PORT-004"),
        ("f(n) := g(n)\n\ng(n) := f(n)\n", "PORT-004"),
        ("f(n) := g(n) g(n) := f(n)\n", "PORT-004"),
        ("  f(n) := f(n)\n", "PORT-003"),
        ("x if {\n\tsome c in input.contracts\n\tc.custom.currency == 1\n}\n", "PORT-005"),
        ('x := input.asset.custom["currency"]\n', "PORT-005"),
        ("x := data.org.params.regions.missing\n", "PORT-005"),
        ("x := data.org.params.missing\n", "PORT-005"),
    ],
)
def test_what_leaves_the_profile_is_refused_at_its_line(added: str, profile_rule: str) -> None:
    [first, *_] = findings(added)
    assert f"[POLICY_NOT_PORTABLE] {profile_rule}:" in first
    assert int(first.split(":")[1]) > RULE.count("\n")


@pytest.mark.parametrize(
    "added",
    [
        "import rego.v1\n",
        'text := "http.send({}) not input.x with data.secret"\n',
        "text := `opa.runtime()`\n",
        'escaped := "a \\" http.send( \\" b"\n',
        "# http.send({}) f(n) := f(n)\n",
        "allowed := data.org.params.regions.allowed\n",
        'x if contains("a", "b")\n',
        'f("a") := 1\n\nf("b") := 2\n\ny := f("a")\n',
        'x := object.get(input.asset.custom, "currency", "")\n',
        "x if {\n\tsome c in input.contracts\n\tnot c.id in [1]\n}\n",
        "default y := false\n",
    ],
)
def test_what_keeps_to_the_profile_is_let_pass(added: str) -> None:
    assert findings(added) == []


def test_a_domain_reads_its_own_parameters_and_no_others() -> None:
    own = "names := data.domains.finance.params.money.names\n"
    assert findings(own, "finance") == []
    assert "is not the rule's to read" in findings(own, "sales")[0]


def test_nothing_that_reaches_outside_is_on_the_list_of_builtins() -> None:
    outside = ("http.", "opa.", "rand.", "uuid.", "net.", "io.", "crypto.", "rego.", "print", "trace", "walk")
    assert [name for name in BUILTINS if name.startswith(outside) or name in {"time.now_ns", "sprintf"}] == []
