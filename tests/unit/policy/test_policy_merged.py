"""A bundle as one module means what its modules mean, whatever they call their names."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ports.policy_views import sound_views
from unit.policy.policy_examples import bundle_of, product_draft, real_bundle, reporting, rule, view
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.adapters.rego_process import RegoProcess
from catalog.domain.errors import BundleInvalid
from catalog.policy.bundle import Bundle, Module
from catalog.policy.decision import Violation
from catalog.policy.entrypoint import NAMES, PACKAGE, answering, entrypoint, violations_of
from catalog.policy.merged import merged

ROOT = "concord.c1.b1"
OWN_NAMES = """\
violation contains v if {
	some revision in results
	answer := {"within": revision.violation, "data": "data.org"}
	some within in [answer.within]
	tightened(within)
	v := {"id": "ORG-TST-001", "path": concat("", ["/", within]), "args": {}}
}

results := [{"violation": data.org.params.name}, {"violation": `data.org`}]

tightened(answers) if {
	answers != "data.org"
}

default r0__violation := "b"
"""


def by_parts(bundle: Bundle, views: Sequence[Mapping[str, Any]]) -> list[list[Violation]]:
    return answered(bundle, views, [*bundle.modules, entrypoint(bundle)], bundle.data, PACKAGE)


def as_one(bundle: Bundle, views: Sequence[Mapping[str, Any]], root: str = ROOT) -> list[list[Violation]]:
    whole = merged(bundle, root)
    data: dict[str, Any] = whole.data
    for name in reversed(whole.data_path.split("/")):
        data = {name: data}
    return answered(bundle, views, [Module("whole.rego", whole.source)], data, root)


def one_by_one(bundle: Bundle, views: Sequence[Mapping[str, Any]]) -> list[list[Violation]]:
    engine = EmbeddedRego()
    try:
        return [sorted(answer) for answer in engine.evaluate(bundle, views, deadline_seconds=PATIENCE)]
    finally:
        engine.close()


def answered(
    bundle: Bundle, views: Sequence[Mapping[str, Any]], modules: Sequence[Module], data: object, package: str
) -> list[list[Violation]]:
    worker = RegoProcess(256)
    try:
        worker.load("whole", modules, data, f"data.{package}.revision", deadline_seconds=PATIENCE)
        question = (
            json.dumps([f"data.{package}.answers"]).encode(),
            json.dumps({"views": [*views]}).encode(),
        )
        [[(succeeded, answers)]] = worker.query("whole", [question], deadline_seconds=PATIENCE)
    finally:
        worker.close()
    assert succeeded, answers
    return [sorted(violations_of(bundle, one, answer)) for one, answer in zip(views, answers, strict=True)]


def test_the_shipped_rules_find_the_same() -> None:
    views = [*sound_views(), view(product_draft(domain="finance", facts={}, team=()))]
    found = by_parts(real_bundle(), views)
    assert found == as_one(real_bundle(), views) == one_by_one(real_bundle(), views)
    assert any(found)


def test_names_that_mean_something_elsewhere_mean_what_they_meant() -> None:
    other = rule("ORG-TST-002")
    one = bundle_of(OWN_NAMES)
    source = f"package {other.package}\n\n{reporting(rule_id='ORG-TST-002')}\n"
    bundle = Bundle(
        "sha256:names",
        (Module(other.path, source), *one.modules),
        (other, *one.rules),
        {"org": {"params": {"name": "a"}}, "domains": {}},
    )
    views = [view(product_draft())]
    assert as_one(bundle, views) == by_parts(bundle, views) == one_by_one(bundle, views)
    assert [one.path for one in as_one(bundle, views)[0]] == ["/a", "/asset"]


def test_a_rule_cannot_read_another_by_the_name_it_is_given() -> None:
    spying = "violation contains v if {\n\tsome v in r0__violation\n}"
    one, two = rule("ORG-TST-001"), rule("ORG-TST-002")
    modules = tuple(
        Module(each.path, f"package {each.package}\n\n{body}\n")
        for each, body in ((one, reporting()), (two, spying))
    )
    text = merged(Bundle("sha256:spy", modules, (one, two), {"org": {}, "domains": {}}), ROOT).source
    assert "some r1__v in" not in text
    assert "in r1__r0__violation" in text


def test_a_module_that_cannot_be_read_is_refused_at_its_place() -> None:
    with pytest.raises(BundleInvalid) as refused:
        merged(bundle_of("violation contains v if {\n\tv := $\n}"), ROOT)
    [finding] = refused.value.findings
    assert (finding.code, finding.place.file, finding.place.line, finding.place.column) == (
        "POLICY_RULE_INVALID",
        "org/org_tst_001.rego",
        4,
        7,
    )


def test_every_place_in_it_is_known_by_file_and_line() -> None:
    bundle = real_bundle()
    whole = merged(bundle, ROOT)
    lines = whole.source.splitlines()
    for module in bundle.modules:
        line = module.source.splitlines().index("violation contains v if {") + 1
        found = [
            at
            for at, text in enumerate(lines, 1)
            if text.endswith("violation contains v if {") and whole.place(at, 1).file == module.path
        ]
        assert line in [whole.place(at, 1).line for at in found]
    assert whole.place(0, 0).file == whole.place(1, 1).file == "entrypoint.rego"
    assert whole.place(10**9, 10**9).file == bundle.modules[-1].path


def test_modules_cannot_have_the_names_that_the_entrypoint_declares() -> None:
    text = answering(real_bundle(), lambda _: "x", "data")
    declared = {re.split(r"\W", line)[0] for line in text.splitlines() if line[:1].isalpha()}
    assert {"answers", "within"} < declared
    assert [name for name in (*declared, "revision") if not NAMES.match(name)] == []


def test_without_its_parameters_a_bundle_has_no_revision() -> None:
    whole = merged(bundle_of(reporting()), ROOT)
    assert f"revision := data.{ROOT}.held.revision" in whole.source
    assert whole.data["revision"].startswith("sha256:")
