"""A domain tightens a parameter in its declared direction; whatever would loosen is refused at its place."""

import json
from pathlib import Path

import pytest
from unit.policy.policy_examples import domain_rule, policy_folder

from catalog.domain.errors import BundleInvalid
from catalog.policy.load import load_bundle
from catalog.policy.parameter import Direction

PARAMS = {
    "about": {},
    "direction": {"most": "max", "least": "min", "allowed": "subset", "asked": "superset"},
    "most": 10,
    "least": 2,
    "allowed": ["eu", "us"],
    "asked": ["owner"],
    "free": 1,
}


def load(root: Path, **asked: object) -> dict[str, dict[str, object]]:
    files = {"params/limits.json": json.dumps(PARAMS)}
    for domain, values in asked.items():
        files[f"domains/{domain.replace('__', '.')}/tighten.json"] = json.dumps({"parameters": values})
    found = load_bundle(policy_folder(root, **files)).parameters
    return {domain: dict(values) for domain, values in found.items()}


def test_each_direction_is_taken(tmp_path: Path) -> None:
    asked = {
        "limits.most": 9,
        "limits.least": 3,
        "limits.allowed": ["eu"],
        "limits.asked": ["owner", "steward"],
    }
    assert load(tmp_path, sales=asked) == {"sales": asked}


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ({"limits.most": 11}, "POLICY_LOOSENED", "limits.most is a max"),
        ({"limits.least": 1}, "POLICY_LOOSENED", "limits.least is a min"),
        ({"limits.allowed": ["eu", "mars"]}, "POLICY_LOOSENED", "limits.allowed is a subset"),
        ({"limits.asked": []}, "POLICY_LOOSENED", "limits.asked is a superset"),
        ({"limits.most": True}, "POLICY_DATA_INVALID", "of another type"),
        ({"limits.most": "9"}, "POLICY_DATA_INVALID", "of another type"),
        ({"limits.allowed": [1]}, "POLICY_DATA_INVALID", "of another type"),
        ({"limits.free": 0}, "POLICY_DATA_INVALID", "no parameter to be tightened"),
        ({"limits.direction": {}}, "POLICY_DATA_INVALID", "no parameter to be tightened"),
        ({"nothing.most": 1}, "POLICY_DATA_INVALID", "no parameter to be tightened"),
        ({"limits": 1}, "POLICY_DATA_INVALID", "no parameter to be tightened"),
        (["limits.most"], "POLICY_DATA_INVALID", "no object"),
    ],
)
def test_what_does_not_tighten_a_parameter_is_refused(
    tmp_path: Path, asked: object, code: str, words: str
) -> None:
    with pytest.raises(BundleInvalid) as refused:
        load(tmp_path, sales=asked)
    [finding] = refused.value.findings
    assert (finding.code, finding.place.file) == (code, "domains/sales/tighten.json")
    assert words in finding.message


def test_a_domain_within_another_starts_from_what_holds_around_it(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        sales={"limits.most": 8, "limits.least": 3},
        sales__emea={"limits.most": 5},
        sales__emea__uk={"limits.allowed": ["eu"]},
    )
    assert found["sales.emea"] == {"limits.most": 5, "limits.least": 3}
    assert found["sales.emea.uk"] == {"limits.most": 5, "limits.least": 3, "limits.allowed": ["eu"]}
    with pytest.raises(BundleInvalid) as refused:
        load(tmp_path, sales={"limits.most": 8}, sales__emea={"limits.most": 9})
    assert refused.value.findings[0].code == "POLICY_LOOSENED"


@pytest.mark.parametrize(
    "direction", [{"most": "down"}, {"allowed": "max"}, {"nothing": "max"}, {"most": ["max"]}, ["most"]]
)
def test_a_direction_that_fits_nothing_is_refused(tmp_path: Path, direction: object) -> None:
    files = {"params/limits.json": json.dumps(PARAMS | {"direction": direction})}
    with pytest.raises(BundleInvalid) as refused:
        load_bundle(policy_folder(tmp_path, **files))
    assert {one.code for one in refused.value.findings} == {"POLICY_DATA_INVALID"}


def test_no_two_domains_share_packages_or_data(tmp_path: Path) -> None:
    files = domain_rule("sales-emea") | domain_rule("sales_emea", "EME-OWN-001", "owned")
    with pytest.raises(BundleInvalid, match=".*") as refused:
        load_bundle(policy_folder(tmp_path, **files))
    assert any("would share one package" in one.message for one in refused.value.findings)


def test_an_equal_value_tightens_nothing_and_is_taken() -> None:
    assert all(
        direction.tightens(value, value)
        for direction, value in (("max", 1), ("min", 1), ("subset", ["a"]), ("superset", ["a"]))
        for direction in (Direction(direction),)
    )
