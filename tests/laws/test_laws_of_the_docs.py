"""Docs are kept true by tests: every setting, finding code and command has its heading."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from catalog.config import PREFIX, Settings
from catalog.domain.finding_code import FindingCode
from catalog.policy.view_schema import SCHEMA_PATH, schema_text

ROOT = Path(__file__).resolve().parents[2]


def headings(document: str) -> set[str]:
    return set(re.findall(r"^#+ `?([^`\n]+?)`?$", (ROOT / document).read_text(), flags=re.MULTILINE))


def test_every_setting_is_documented() -> None:
    settings = {PREFIX + field.name.upper() for field in fields(Settings)}
    assert settings == {heading for heading in headings("docs/operations.md") if heading.startswith(PREFIX)}


def test_every_finding_code_has_its_heading_and_its_sentence() -> None:
    text = finding_codes_page()
    page = ROOT / "docs" / "finding-codes.md"
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS"):
        page.write_text(text)
    assert page.read_text() == text, "run `make snapshots`"


def finding_codes_page() -> str:
    """The page as the enumeration writes it."""
    lines = [
        "# Finding codes",
        "",
        "What the host itself finds, with place and remedy. Policy rules have ids of their own.",
        "",
    ]
    for code in sorted(FindingCode, key=lambda one: one.name):
        lines += [f"## `{code.name}`", "", code.value, ""]
    return "\n".join(lines)


def test_the_published_schema_of_the_view_is_written_from_its_types() -> None:
    page = ROOT / "policies" / SCHEMA_PATH
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS"):
        page.write_text(schema_text())
    assert page.read_text() == schema_text(), "run `make snapshots`"


@pytest.mark.parametrize(
    "record", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.name
)
def test_a_decision_record_is_short_and_complete(record: Path) -> None:
    text = record.read_text()
    assert re.match(r"\d{4}-[a-z0-9-]+\.md\Z", record.name)
    assert all(f"**{part}**" in text for part in ("Context", "Decision", "Consequences", "Held by"))
    assert len([line for line in text.splitlines() if line.strip()]) <= 12
