"""Documents that name no domain belong to the one that the command names."""

import json
from pathlib import Path

import pytest

from catalog.cli.main import main

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: requests
name: requests
version: 1.0.0
status: draft
schema:
  - name: requests
    properties:
      - name: request_id
        logicalType: integer
"""


@pytest.mark.parametrize(
    ("flags", "asset"), [([], None), (["--domain", "support"], "data_product:support.requests")]
)
def test_check_takes_the_domain_from_its_flag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], asset: str | None
) -> None:
    (tmp_path / "contract.odcs.yaml").write_text(CONTRACT)
    assert main(["check", str(tmp_path), "--output", "json", *flags]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [one["asset"] for one in answer["assets"]] == ([asset] if asset else [])
    missing = "PRODUCT_DOMAIN_MISSING" in {one["code"] for one in answer["findings"]}
    assert missing is (asset is None)
