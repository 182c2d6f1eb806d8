"""A simulation says whom a change of the rules would break, and evaluates only what changed."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from unit.policy.policy_examples import NOW, POLICIES, ROOT, metric_draft, product_draft, real_bundle

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.cli.main import main
from catalog.domain.errors import PolicyUnavailable
from catalog.manifests.digest import digest_of
from catalog.policy.bundle import Bundle
from catalog.policy.change import changed_rules, only
from catalog.policy.decision import Violation
from catalog.policy.load import load_bundle
from catalog.policy.simulate import Case, Simulation, cases_of, simulate
from catalog.policy.view import mesh_facts
from catalog.policy.waiver import Waiver

DRAFTS = (product_draft(), product_draft(domain="shop", limitations=""), product_draft(domain="web", tags=()))


def changed_folder(root: Path, name: str, old: str, new: str) -> Path:
    shutil.copytree(POLICIES, root / "policies")
    target = root / "policies" / name
    text = target.read_text()
    assert old in text
    target.write_text(text.replace(old, new))
    return root / "policies"


def simulated(embedded: EmbeddedRego, bundle: Bundle, drafts: Sequence[Any] = DRAFTS) -> Simulation:
    return simulate(cases(drafts), real_bundle(), bundle, engine=embedded)


def cases(drafts: Sequence[Any] = DRAFTS) -> Iterator[Case]:
    return cases_of(drafts, now=NOW, mesh=mesh_facts(drafts))


def test_the_same_rules_change_nothing_and_cost_nothing() -> None:
    class Unasked:
        version = "none"

        def evaluate(self, *given: Any, **options: Any) -> list[list[Violation]]:
            raise AssertionError("nothing is evaluated")

        def close(self) -> None: ...

    found = simulate(cases(), real_bundle(), real_bundle(), engine=Unasked())
    assert (found.changed, found.rules, found.demoted) == ((), (), ())


def test_a_rule_that_becomes_strict_demotes_whom_it_showed_before(
    embedded: EmbeddedRego, tmp_path: Path
) -> None:
    root = changed_folder(tmp_path, "org/usage_and_limitations.rego", "publish: warn", "publish: deny")
    found = simulated(embedded, load_bundle(root))
    assert found.changed == ("ORG-DSC-003",)
    (impact,) = found.rules
    assert (impact.newly_failing, impact.still_failing) == ((), ("data_product:shop.people",))
    assert impact.newly_blocked == found.demoted == ("data_product:shop.people",)


def test_what_is_blocked_already_is_not_demoted(embedded: EmbeddedRego, tmp_path: Path) -> None:
    root = changed_folder(tmp_path, "org/usage_and_limitations.rego", "publish: warn", "publish: deny")
    found = simulated(embedded, load_bundle(root), [product_draft(limitations="", purpose="")])
    assert found.rules[0].newly_blocked == ("data_product:sales.people",)
    assert found.demoted == ()


def test_a_parameter_changes_the_rules_that_read_it(embedded: EmbeddedRego, tmp_path: Path) -> None:
    bundle = load_bundle(changed_folder(tmp_path, "params/documentation.json", ": 12", ": 40"))
    assert changed_rules(real_bundle(), bundle) == {"ORG-DSC-004"}
    found = simulated(embedded, bundle)
    assert len(found.rules[0].newly_failing) == 3
    assert found.domains == {"sales": 1, "shop": 1, "web": 1}
    back = simulate(cases(), bundle, real_bundle(), engine=embedded)
    assert len(back.rules[0].newly_passing) == 3


def test_a_new_and_a_removed_rule_and_a_waiver_are_changes(embedded: EmbeddedRego) -> None:
    less = only(real_bundle(), {one.id for one in real_bundle().rules} - {"ORG-TAG-001"})
    assert changed_rules(real_bundle(), less) == {"ORG-TAG-001"}
    assert simulated(embedded, less).rules[0].newly_passing == ("data_product:web.people",)
    waiver = Waiver(
        "W-1",
        "ORG-TAG-001",
        "data_product:web.people",
        "Later.",
        "T-1",
        "grace",
        "ingrid",
        NOW,
        NOW + timedelta(days=60),
    )
    (impact,) = simulated(embedded, replace(real_bundle(), waivers=(waiver,))).rules
    assert impact.waived == impact.newly_passing == ("data_product:web.people",)


def test_an_asset_without_a_decision_is_an_error_and_nothing_else(embedded: EmbeddedRego) -> None:
    class Broken:
        version = "broken"

        def evaluate(
            self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
        ) -> list[list[Violation]]:
            raise PolicyUnavailable("it is gone")

        def close(self) -> None: ...

    less = only(real_bundle(), {"ORG-OWN-001"})
    found = simulate(cases([metric_draft()]), real_bundle(), less, engine=Broken())
    assert found.errors == ("metric:sales.gmv",)
    assert found.demoted == ()
    assert not any(one.newly_failing or one.newly_passing or one.errors for one in found.rules)


class Asked:
    """An engine that counts."""

    version = "counting"

    def __init__(self) -> None:
        self.asked = 0

    def evaluate(self, bundle: Bundle, views: Sequence[Any], **given: Any) -> list[list[Violation]]:
        self.asked += 1
        return [[] for _ in views]

    def close(self) -> None: ...


def with_line(line: str, *paths: str) -> Bundle:
    """The shipped rules, with a line more in the body of these; written anew, so that engines load it."""
    head = "violation contains v if {"
    modules = tuple(
        replace(one, source=one.source.replace(head, f"{head}\n\t{line}", 1)) if one.path in paths else one
        for one in real_bundle().modules
    )
    return replace(real_bundle(), revision=digest_of([line, paths]), modules=modules)


def test_a_rule_that_cannot_be_evaluated_is_named_and_takes_no_other_asset_along(
    embedded: EmbeddedRego,
) -> None:
    line = 'input.domain == "shop"\n\tto_number(input.asset.name) > 0'
    broken = with_line(line, "org/usage_and_limitations.rego", "org/description_length.rego")
    less = replace(broken, rules=tuple(one for one in broken.rules if one.id != "ORG-TAG-001"))
    found = simulated(embedded, less)
    assert found.errors == ("data_product:shop.people",)
    by_rule = {one.rule: one for one in found.rules}
    assert {rule for rule, one in by_rule.items() if one.errors} == {"ORG-DSC-003", "ORG-DSC-004"}
    assert by_rule["ORG-DSC-003"].errors == found.errors
    assert by_rule["ORG-TAG-001"].newly_passing == ("data_product:web.people",)


def test_a_rule_that_does_not_compile_is_named(embedded: EmbeddedRego) -> None:
    found = simulated(embedded, with_line("v := ]", "org/usage_and_limitations.rego"))
    assert len(found.errors) == 3
    assert [(one.rule, len(one.errors)) for one in found.rules] == [("ORG-DSC-003", 3)]


def test_a_rule_that_never_ends_is_found_by_asking_each_by_itself() -> None:
    class Late(Asked):
        def evaluate(self, bundle: Bundle, views: Sequence[Any], **given: Any) -> list[list[Violation]]:
            super().evaluate(bundle, views)
            if any(one.id == "ORG-DSC-003" for one in bundle.rules):
                raise PolicyUnavailable("the policy engine gave no answer within 5.0 s")
            return [[] for _ in views]

    late = Late()
    less = only(real_bundle(), {"ORG-OWN-001"})
    found = simulate(cases(), real_bundle(), less, engine=late)
    assert len(found.errors) == 3
    assert {one.rule for one in found.rules if one.errors} == {"ORG-DSC-003"}
    many = [case for _ in range(30) for case in cases()]
    late.asked = 0
    simulate(many, real_bundle(), less, engine=late)
    assert late.asked < 5 * len(real_bundle().rules) + 200, "only a few cases are looked into"


def test_a_bundle_without_rules_finds_nothing_and_is_no_error(embedded: EmbeddedRego) -> None:
    found = simulate(cases(), real_bundle(), only(real_bundle(), ()), engine=embedded)
    assert found.errors == ()
    assert len(found.changed) == len(real_bundle().rules)


def test_progress_counts_every_case(embedded: EmbeddedRego) -> None:
    told: list[int] = []
    less = only(real_bundle(), {"ORG-OWN-001"})
    many = [case for _ in range(50) for case in cases()]
    simulate(many, real_bundle(), less, engine=embedded, progress=told.append)
    assert told[-1] == len(many)
    assert len(told) > 1


def test_each_rule_sees_every_part_of_the_view_that_it_reads(embedded: EmbeddedRego, tmp_path: Path) -> None:
    whole = real_bundle()
    none = only(whole, ())
    together = simulate(cases(), none, whole, engine=embedded)
    for one in together.rules:
        alone = simulate(cases(), none, only(whole, {one.rule}), engine=embedded)
        assert alone.rules == (one,)


def test_a_rule_that_takes_the_view_as_a_whole_sees_it(embedded: EmbeddedRego) -> None:
    name, head = "org/usage_and_limitations.rego", "violation contains v if {"
    modules = [
        replace(one, source=one.source.replace(head, f"{head}\n\tcount(input) >= 11"))
        if one.path.endswith(name)
        else one
        for one in real_bundle().modules
    ]
    found = simulated(embedded, replace(real_bundle(), modules=tuple(modules)))
    assert found.rules[0].still_failing == ("data_product:shop.people",)


@pytest.mark.parametrize(
    ("flags", "code"), [([], 0), (["--fail-on", "newly-failing"], 1), (["--fail-on", "demoted"], 0)]
)
def test_the_command_tells_whom_a_change_breaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], code: int
) -> None:
    root = changed_folder(tmp_path, "params/documentation.json", ": 12", ": 60")
    starter = str(ROOT / "examples" / "mesh" / "sales")
    command = ["policy", "simulate", starter, "--bundle", str(root), "--against", str(POLICIES), *flags]
    assert main(command) == code
    assert "ORG-DSC-004" in capsys.readouterr().out
    assert main([*command, "--output", "json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["changed"] == ["ORG-DSC-004"]
    assert document["rules"][0]["newly_failing"]


def test_a_document_that_cannot_be_read_and_a_folder_without_any_pass_no_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = ["--bundle", str(POLICIES), "--against", str(POLICIES)]
    good = tmp_path / "sales"
    shutil.copytree(ROOT / "examples" / "mesh" / "sales", good)
    assert main(["policy", "simulate", str(good), *rules, "--fail-on", "demoted"]) == 0
    (good / "broken.yaml").write_text("a: [\n")
    assert main(["policy", "simulate", str(good), *rules, "--output", "json"]) == 2
    told = capsys.readouterr().out
    assert [one["code"] for one in json.loads(told[told.index("{") :])["unread"]] == ["YAML_SYNTAX"]
    (tmp_path / "empty").mkdir()
    assert main(["policy", "simulate", str(tmp_path / "empty"), *rules, "--fail-on", "demoted"]) == 2
    assert "nothing was judged, so that --fail-on demoted says nothing" in capsys.readouterr().out


@pytest.mark.parametrize(
    "flags",
    [
        ["--against", "nowhere"],
        ["--over", "decisions", "--since", "2026-13-01"],
        ["--since", "2026-11-01"],
        ["--over", "decisions", "--scope", "sales"],
        [str(ROOT / "examples" / "mesh" / "sales"), "--scope", "sales"],
    ],
)
def test_the_command_refuses_what_makes_no_sense(
    capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    assert main(["policy", "simulate", "--bundle", str(POLICIES), *flags]) == 2
    assert "USAGE_ERROR" in capsys.readouterr().err
