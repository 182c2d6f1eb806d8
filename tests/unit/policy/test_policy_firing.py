"""Rules that never or always fire are told."""

import json

import pytest
from unit.policy.policy_examples import NOW, POLICIES, ROOT, product_draft, real_bundle
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.cli.main import main
from catalog.policy.decide import decide
from catalog.policy.decision import EnforcementPoint
from catalog.policy.firing import firing
from catalog.policy.view import mesh_facts


def test_a_rule_is_counted_by_the_assets_it_judged_and_those_that_broke_it(embedded: EmbeddedRego) -> None:
    drafts = [product_draft(tags=()), product_draft(domain="shop", tags=(), usage="")]
    decisions = [
        (
            one.key,
            decide(
                one,
                EnforcementPoint.CI,
                bundle=real_bundle(),
                engine=embedded,
                now=NOW,
                mesh=mesh_facts([]),
                deadline_seconds=PATIENCE,
            ),
        )
        for one in drafts
    ]
    found = {one.rule: one for one in firing(real_bundle(), decisions)}
    assert (found["ORG-TAG-001"].judged, found["ORG-TAG-001"].fired) == (2, 2)
    assert found["ORG-TAG-001"].always
    assert (found["ORG-DSC-003"].never, found["ORG-DSC-003"].always) == (False, False)
    assert found["ORG-OWN-001"].never
    assert (found["ORG-MET-001"].judged, found["ORG-MET-001"].never) == (0, False)


def test_the_command_tells_which_rules_never_fired(capsys: pytest.CaptureFixture[str]) -> None:
    mesh = str(ROOT / "examples" / "mesh" / "operations")
    assert main(["policy", "test", str(POLICIES), "--over", mesh, "--output", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "ORG-PRV-001" not in document["never_fired"]
    assert "ORG-OWN-001" in document["never_fired"]
    assert document["always_fired"] == []
    assert main(["policy", "test", str(POLICIES), "--over", mesh]) == 0
    assert "never fired: " in capsys.readouterr().out
