"""The portable profile: what leaves it is refused at its line, before any engine sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
        ("f(n) := g(n) g(n) := f(n)\n", "PORT-003"),
        ("  f(n) := f(n)\n", "PORT-004"),
        ("x if {\n\tsome c in input.contracts\n\tc.custom.currency == 1\n}\n", "PORT-005"),
        ('x := input.asset.custom["currency"]\n', "PORT-005"),
        ("x := data.org.params.regions.missing\n", "PORT-005"),
        ("x := data.org.params.missing\n", "PORT-005"),
        ("x := input.asset.owners\n", "PORT-005"),
        ("x if {\n\tsome c in input.contracts\n\tsome d in c.columns\n\td.klass == 1\n}\n", "PORT-005"),
        ("x := [c.nope | some c in input.contracts]\n", "PORT-005"),
        ("x if {\n\tsome c in input.contracts\n\tf(c)\n}\n\nf(c) if c.nope == 1\n", "PORT-005"),
        ("x if every c in input.contracts { c.nope == 1 }\n", "PORT-005"),
        ("x := input.asset.owner.name\n", "PORT-005"),
        ("x := input\n", "PORT-005"),
        ("x := input[y] if some y in [1]\n", "PORT-005"),
        ("x if some c in input.asset.owner\n", "PORT-004"),
        ("x if some c in 5\n", "PORT-004"),
        ('x if {\n\tsome c in input.contracts\n\tnot c.custom["a"]\n}\n', "PORT-002"),
        ("x if {\n\tsome c in input.contracts\n\tsome k in [1]\n\tnot c.columns[k]\n}\n", "PORT-002"),
        ("f(c) if not c.id\n", "PORT-002"),
        ("x if {\n\tnot {y | y := input.asset.owner} == set()\n}\n", "PORT-002"),
        ('violation contains {"id": 1} if {\n\ttrue\n}\n', "PORT-001"),
        ('violation contains\n\tobject.get(\n\t\t{}, "a", 1\n\t) if true\n', "PORT-001"),
        ("violation := set()\n", "PORT-001"),
        ("a.b.c := 1\n", "PORT-001"),
        ("count(x) := 1\n", "PORT-003"),
        ("x if {\n\tcount := 1\n\tcount > 0\n}\n", "PORT-003"),
        ("x if {\n\tinput := {}\n}\n", "PORT-003"),
        ("x if some data in [1]\n", "PORT-003"),
        ("x if [y, lower] := [1, 2]\n", "PORT-003"),
        ("x if {\n\tinput.asset.owner\n\t\twith input as {}\n}\n", "PORT-003"),
        ("x := http\n\t.send({})\n", "PORT-003"),
        ('x := "a" # "\nx := http.send({})\n', "PORT-003"),
        ("x := `a` x := http.send({}) `b`\n", "PORT-003"),
        ('x := "open\n', "PORT-003"),
        ("x := `open\n", "PORT-003"),
        ("x := 1\n\t+ 2\n", "PORT-003"),
        ("x := 1 +\n", "PORT-003"),
        ("x if {\n\tfalse\n\n", "PORT-003"),
        ("x := 'a'\n", "PORT-003"),
        ("x := y.z(1).w\n", "PORT-003"),
        ("x := \u0430\n", "PORT-003"),
        ("x := 01\n", "PORT-003"),
        ("x := 1.5\n", "PORT-003"),
        ("x := 1e2\n", "PORT-003"),
        ("x := 9007199254740993\n", "PORT-003"),
        ("x := 1 / 2\n", "PORT-003"),
        ("x := count(input.asset.description)\n", "PORT-003"),
        ("x if {\n\tsome c in input.contracts\n\tf(c.id)\n}\n\nf(t) if count(t) > 1\n", "PORT-003"),
        ('x := regex.match(`\\d`, "1")\n', "PORT-003"),
        ('x := upper("a")\n', "PORT-003"),
        ('x := object["get"]({}, "a", 1)\n', "PORT-003"),
        ("x := " + "[" * 5000 + "]" * 5000 + "\n", "PORT-003"),
        ("x := " + "(" * 100_000, "PORT-003"),
        ("y := x\n\nx := y\n", "PORT-004"),
        ("x contains v if v := x\n", "PORT-004"),
    ],
)
def test_what_leaves_the_profile_is_refused_at_its_line(added: str, profile_rule: str) -> None:
    [first, *_] = findings(added)
    assert f"[POLICY_NOT_PORTABLE] {profile_rule}:" in first
    assert int(first.split(":")[1]) > RULE.count("\n")


@pytest.mark.parametrize(
    "added",
    [
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
        'x if {\n\tevery c in input.contracts { c.id != "" }\n}\n',
        'x := {"a": 1, "b": [1, 2,],}\n',
        "x := {c.id | some c in input.contracts}\n",
        'x := {c.id: c.name | some c in input.contracts; c.id != ""}\n',
        "x := (1 + 2) * -35\n",
        "x if {\n\ty := (1 +\n\t\t2)\n\ty > 2\n}\n",
        'f(c) := 1 if c.id == ""\n\nelse := 2\n',
        "x if some i, c in input.contracts\n",
        'x if {\n\tsome c in input.contracts\n\tg(c)\n}\n\ng(c) if not c.lawfulBasis == ""\n',
        'text := `a " b # no comment\nviolation contains {} if true`\n',
        'x if { y := "{"; y == "}" } # a comment {\n',
    ],
)
def test_what_keeps_to_the_profile_is_let_pass(added: str) -> None:
    assert findings(added) == []


def test_the_one_import_that_says_nothing_new_stands_below_the_package() -> None:
    source = RULE.replace(
        "package governance.org.owner\n", "package governance.org.owner\n\nimport rego.v1\n"
    )
    assert lint(Module("org/owner.rego", source), "", DATA) == ()


def test_a_finding_names_line_column_and_what_to_write() -> None:
    [found, _] = findings('x if {\n\tsome c in input.contracts\n\tnot c.custom["a"]\n}\n')
    line = RULE.count("\n") + 3
    assert found.startswith(f"org/owner.rego:{line}:6: error [POLICY_NOT_PORTABLE] PORT-002:")
    assert 'Remedy: Bind it to a variable first; `object.get(…, "name", "")`' in found


@given(st.text(alphabet='xif:={}[]()"`#|.,;\n\t 01input_data-+', max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    for one in lint(Module("org/x.rego", "package governance.org.x\n" + text), "", DATA):
        assert one.place.line >= 1


def test_a_domain_reads_its_own_parameters_and_no_others() -> None:
    own = "names := data.domains.finance.params.money.names\n"
    assert findings(own, "finance") == []
    assert "is not the rule's to read" in findings(own, "sales")[0]


def test_nothing_that_reaches_outside_is_on_the_list_of_builtins() -> None:
    outside = ("http.", "opa.", "rand.", "uuid.", "net.", "io.", "crypto.", "rego.", "print", "trace", "walk")
    assert [name for name in BUILTINS if name.startswith(outside) or name in {"time.now_ns", "sprintf"}] == []
